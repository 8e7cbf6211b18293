#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/column_builder.hpp"

// Rows as bytes, in which any column is found at once: a bit a column, 1 for null; then for each
// column its value (one byte for a boolean), or where its bytes are: offset and size, 32 bits each;
// then those bytes. Lists and structures are written value by value, each after a byte, 0 for null.
namespace millrace::join {

class RowCodec {
 public:
  explicit RowCodec(const Schema& schema);

  /// One binary value for each row of the batch.
  Column encode(const Batch& batch) const;
  /// Appends a column's value in each of the rows; a row without data is null.
  void decode(size_t column, std::span<const char* const> rows, ColumnBuilder& to) const;
  void decode_one(size_t column, const char* row, ColumnBuilder& to) const;

 private:
  struct Slot {
    Type type;
    size_t offset;
    size_t width;  // Of a value of fixed width; 0: offset and size of its bytes.
  };

  void write_column(const Column& from, size_t column, char* const* rows, uint32_t* used) const;

  std::vector<Slot> slots_;
  size_t fixed_bytes_;
};

}  // namespace millrace::join

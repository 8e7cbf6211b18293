#pragma once
#include <string>
#include <string_view>

#include "millrace/expression.hpp"

namespace millrace::kafka {

/// Whether values of the type can be the key of a record: bytes as they are, numbers, booleans,
/// dates and timestamps as text.
bool can_be_key(const Type& type);

/// The values of a column as bytes, worked out once per batch.
class TextColumn {
 public:
  TextColumn() = default;
  explicit TextColumn(const Column& column);

  bool is_null(int64_t row) const { return column_.is_null(row); }
  std::string_view operator[](int64_t row) const { return column_.text(row); }

 private:
  Column column_;
};

}  // namespace millrace::kafka

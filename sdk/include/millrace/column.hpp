#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "millrace/int128.hpp"
#include "millrace/type.hpp"

namespace millrace {

/// A read-only column in Arrow's layout: plain pointers into memory that `owner` keeps alive.
/// Copying one copies no values. Bits count from the least significant; offset is always 0.
///
/// | type                | `values`        | `offsets`    | `bytes`  | `children` |
/// |---------------------|-----------------|--------------|----------|------------|
/// | boolean             | bits            |              |          |            |
/// | numbers, date, time | length values   |              |          |            |
/// | string, binary      |                 | length + 1   | the text |            |
/// | list                |                 | length + 1   |          | the items  |
/// | structure           |                 |              |          | one a field|
struct Column {
  Type type;
  int64_t length = 0;
  const uint8_t* validity = nullptr;  ///< a bit a row, 0 for null; no pointer: no nulls
  const void* values = nullptr;
  const int32_t* offsets = nullptr;
  const char* bytes = nullptr;
  std::vector<Column> children;
  std::shared_ptr<const void> owner;  ///< empty for a borrowed column, valid during the call only

  bool is_null(int64_t row) const {
    return type.id == TypeId::null || (validity != nullptr && !bit(validity, row));
  }
  bool may_have_nulls() const { return validity != nullptr || type.id == TypeId::null; }

  template <class Value>
  const Value* data() const {
    return static_cast<const Value*>(values);
  }
  template <class Value>
  std::span<const Value> span() const {
    return {static_cast<const Value*>(values), static_cast<size_t>(length)};
  }
  bool boolean(int64_t row) const { return bit(static_cast<const uint8_t*>(values), row); }
  int32_t int32(int64_t row) const { return data<int32_t>()[row]; }
  int64_t int64(int64_t row) const { return data<int64_t>()[row]; }
  float float32(int64_t row) const { return data<float>()[row]; }
  double float64(int64_t row) const { return data<double>()[row]; }
  /// A decimal without its point: 1.50 of decimal(5,2) is 150.
  Int128 decimal(int64_t row) const { return data<Int128>()[row]; }
  /// A string or binary value: valid as long as the column's memory.
  std::string_view text(int64_t row) const {
    return {bytes + offsets[row], static_cast<size_t>(offsets[row + 1] - offsets[row])};
  }

  static bool bit(const uint8_t* bits, int64_t at) { return (bits[at >> 3] >> (at & 7)) & 1; }
};

/// The number of bytes that hold `count` bits.
inline size_t bytes_for_bits(int64_t count) { return static_cast<size_t>((count + 7) / 8); }

}  // namespace millrace

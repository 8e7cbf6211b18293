#pragma once
#include <cmath>
#include <type_traits>

#include "millrace/column.hpp"

// Spark's order of values: NaN is larger than every number, strings go by their bytes, lists and
// structures by their first part that differs, where null comes first.
namespace millrace {

namespace detail {

/// NaN is larger than every number and equal to itself.
template <class Value>
int order(Value left, Value right) {
  if constexpr (std::is_floating_point_v<Value>) {
    if (std::isnan(left) || std::isnan(right))
      return int{std::isnan(left)} - int{std::isnan(right)};
  }
  return int{right < left} - int{left < right};
}

inline int compare_lists(const Column& left, int64_t left_row, const Column& right,
                         int64_t right_row);

}  // namespace detail

/// Less than, equal to or above zero. Both values are of one type and not null.
inline int compare_values(const Column& left, int64_t left_row, const Column& right,
                          int64_t right_row);

/// The same for values that may be null, which comes first.
inline int compare_cells(const Column& left, int64_t left_row, const Column& right,
                         int64_t right_row) {
  const bool left_null = left.is_null(left_row);
  const bool right_null = right.is_null(right_row);
  if (left_null || right_null) return int{right_null} - int{left_null};
  return compare_values(left, left_row, right, right_row);
}

inline int detail::compare_lists(const Column& left, int64_t left_row, const Column& right,
                                 int64_t right_row) {
  int32_t a = left.offsets[left_row];
  int32_t b = right.offsets[right_row];
  const int32_t left_end = left.offsets[left_row + 1];
  const int32_t right_end = right.offsets[right_row + 1];
  for (; a < left_end && b < right_end; ++a, ++b) {
    const int result = compare_cells(left.children[0], a, right.children[0], b);
    if (result != 0) return result;
  }
  return order(left_end - a, right_end - b);
}

inline int compare_values(const Column& left, int64_t left_row, const Column& right,
                          int64_t right_row) {
  switch (left.type.id) {
    case TypeId::boolean:
      return detail::order(int{left.boolean(left_row)}, int{right.boolean(right_row)});
    case TypeId::int32:
    case TypeId::date:
      return detail::order(left.int32(left_row), right.int32(right_row));
    case TypeId::int64:
    case TypeId::timestamp:
    case TypeId::duration:
      return detail::order(left.int64(left_row), right.int64(right_row));
    case TypeId::float32:
      return detail::order(left.float32(left_row), right.float32(right_row));
    case TypeId::float64:
      return detail::order(left.float64(left_row), right.float64(right_row));
    case TypeId::decimal:
      return detail::order(left.decimal(left_row), right.decimal(right_row));
    case TypeId::string:
    case TypeId::binary:
      return detail::order(left.text(left_row), right.text(right_row));
    case TypeId::list:
      return detail::compare_lists(left, left_row, right, right_row);
    case TypeId::structure:
      for (size_t i = 0; i < left.children.size(); ++i) {
        const int result = compare_cells(left.children[i], left_row, right.children[i], right_row);
        if (result != 0) return result;
      }
      return 0;
    case TypeId::null:
      break;
  }
  return 0;
}

}  // namespace millrace

#include "core/expression/value_order.hpp"

#include <cmath>

namespace millrace {

namespace {

template <class Value>
int order(Value left, Value right) {
  if constexpr (std::is_floating_point_v<Value>) {
    if (std::isnan(left) || std::isnan(right)) return int{std::isnan(left)} - std::isnan(right);
  }
  return int{right < left} - int{left < right};
}

/// The same for values that may be null.
int compare_cells(const Column& left, int64_t left_row, const Column& right, int64_t right_row) {
  const bool left_null = left.is_null(left_row);
  const bool right_null = right.is_null(right_row);
  if (left_null || right_null) return int{right_null} - int{left_null};
  return compare_values(left, left_row, right, right_row);
}

int compare_lists(const Column& left, int64_t left_row, const Column& right, int64_t right_row) {
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

}  // namespace

int compare_values(const Column& left, int64_t left_row, const Column& right, int64_t right_row) {
  switch (left.type.id) {
    case TypeId::boolean:
      return order(int{left.boolean(left_row)}, int{right.boolean(right_row)});
    case TypeId::int32:
    case TypeId::date:
      return order(left.int32(left_row), right.int32(right_row));
    case TypeId::int64:
    case TypeId::timestamp:
    case TypeId::duration:
      return order(left.int64(left_row), right.int64(right_row));
    case TypeId::float32:
      return order(left.float32(left_row), right.float32(right_row));
    case TypeId::float64:
      return order(left.float64(left_row), right.float64(right_row));
    case TypeId::decimal:
      return order(left.decimal(left_row), right.decimal(right_row));
    case TypeId::string:
    case TypeId::binary:
      return order(left.text(left_row), right.text(right_row));
    case TypeId::list:
      return compare_lists(left, left_row, right, right_row);
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

#pragma once
#include "millrace/column.hpp"

namespace millrace {

/// Orders two values of one type, neither null: below 0, 0 or above 0 for less, equal or greater.
/// NaN is equal to itself and greater than every number; strings go by their bytes; lists by their
/// items, structures by their fields, in which null is less than everything.
int compare_values(const Column& left, int64_t left_row, const Column& right, int64_t right_row);

}  // namespace millrace

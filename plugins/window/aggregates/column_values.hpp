#pragma once
#include <cmath>
#include <cstring>

#include "millrace/decimal.hpp"

#include "plugins/window/aggregates/accumulators.hpp"

// Loops over the values of an argument column, with the type decided once for the whole column.
namespace millrace::window {

template <class Value>
Value load_value(const char* from) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class Value>
void store_value(char* to, Value value) {
  std::memcpy(to, &value, sizeof value);
}

template <class Read, class Visit>
void for_each_present(const Column& column, const Assignment& assignment, Read&& read,
                      Visit&& visit) {
  if (!column.may_have_nulls())
    assignment.for_each([&](int64_t row, uint32_t group) { visit(group, read(row)); });
  else
    assignment.for_each([&](int64_t row, uint32_t group) {
      if (!column.is_null(row)) visit(group, read(row));
    });
}

/// visit(group, int64_t) for every value of a boolean, integer, date or time column.
template <class Visit>
void for_each_integer(const Column& column, const Assignment& assignment, Visit&& visit) {
  if (column.type.id == TypeId::boolean) {
    for_each_present(
        column, assignment, [&](int64_t row) { return int64_t{column.boolean(row)}; }, visit);
  } else if (width_of(column.type.id) == 4) {
    const auto* values = column.data<int32_t>();
    for_each_present(
        column, assignment, [=](int64_t row) { return int64_t{values[row]}; }, visit);
  } else {
    const auto* values = column.data<int64_t>();
    for_each_present(
        column, assignment, [=](int64_t row) { return values[row]; }, visit);
  }
}

/// visit(group, Int128) for every value of a column of decimals, without their points.
template <class Visit>
void for_each_decimal(const Column& column, const Assignment& assignment, Visit&& visit) {
  const auto* values = column.data<Int128>();
  for_each_present(
      column, assignment, [=](int64_t row) { return values[row]; }, visit);
}

/// visit(group, double) for every value of a column of numbers.
template <class Visit>
void for_each_real(const Column& column, const Assignment& assignment, Visit&& visit) {
  if (column.type.id == TypeId::float64) {
    const auto* values = column.data<double>();
    for_each_present(
        column, assignment, [=](int64_t row) { return values[row]; }, visit);
  } else if (column.type.id == TypeId::float32) {
    const auto* values = column.data<float>();
    for_each_present(
        column, assignment, [=](int64_t row) { return static_cast<double>(values[row]); }, visit);
  } else if (column.type.is_decimal()) {
    for_each_decimal(column, assignment, [&](uint32_t group, Int128 value) {
      visit(group, decimal_to_double(value, column.type.scale));
    });
  } else {
    for_each_integer(column, assignment, [&](uint32_t group, int64_t value) {
      visit(group, static_cast<double>(value));
    });
  }
}

/// One value of a column of numbers.
inline double real_at(const Column& column, int64_t row) {
  switch (column.type.id) {
    case TypeId::float64:
      return column.float64(row);
    case TypeId::float32:
      return static_cast<double>(column.float32(row));
    case TypeId::decimal:
      return decimal_to_double(column.decimal(row), column.type.scale);
    case TypeId::int32:
      return column.int32(row);
    default:
      return static_cast<double>(column.int64(row));
  }
}

inline void append_integer(int64_t value, ColumnBuilder& to) {
  if (to.type().id == TypeId::boolean)
    to.append_boolean(value != 0);
  else if (width_of(to.type().id) == 4)
    to.append(static_cast<int32_t>(value));
  else
    to.append(value);
}

/// A decimal without its point.
inline void append_integer(Int128 value, ColumnBuilder& to) { to.append(value); }

inline void append_real(double value, ColumnBuilder& to) {
  if (to.type().id == TypeId::float32)
    to.append(static_cast<float>(value));
  else
    to.append(value);
}

/// Spark's order of doubles: NaN is larger than everything and equal to itself.
inline bool less(double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; }
inline bool less(int64_t a, int64_t b) { return a < b; }
inline bool less(Int128 a, Int128 b) { return a < b; }

}  // namespace millrace::window

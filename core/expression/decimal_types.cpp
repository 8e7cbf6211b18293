#include "core/expression/decimal_types.hpp"

#include <algorithm>

#include "millrace/decimal.hpp"

namespace millrace {

namespace {

int whole_digits(const Type& type) { return type.precision - type.scale; }

/// Brought down to 38 digits: those behind the point go, but for the last 6.
Type adjusted(int precision, int scale) {
  constexpr int scale_least = 6;
  if (precision <= decimal_digits_max) return decimal_of(precision, scale);
  const int whole = precision - scale;
  return decimal_of(decimal_digits_max,
                    std::max(decimal_digits_max - whole, std::min(scale, scale_least)));
}

}  // namespace

Type as_decimal(const Type& type) {
  if (type.id == TypeId::int32) return decimal_of(10, 0);
  if (type.id == TypeId::int64) return decimal_of(20, 0);
  return type;
}

Type narrowest_decimal(int64_t value) { return decimal_of(count_digits(value), 0); }

Type wider_decimal(const Type& left, const Type& right) {
  const int scale = std::max(left.scale, right.scale);
  const int precision = std::max(whole_digits(left), whole_digits(right)) + scale;
  const int beyond = std::max(0, precision - decimal_digits_max);
  return decimal_of(precision - beyond, std::max(0, scale - beyond));
}

int digits_of_sum(const Type& left, const Type& right) {
  return std::max(whole_digits(left), whole_digits(right)) + std::max(left.scale, right.scale) + 1;
}

int digits_of_product(const Type& left, const Type& right) {
  return left.precision + right.precision + 1;
}

Type decimal_sum(const Type& left, const Type& right) {
  return adjusted(digits_of_sum(left, right), std::max(left.scale, right.scale));
}

Type decimal_product(const Type& left, const Type& right) {
  return adjusted(digits_of_product(left, right), left.scale + right.scale);
}

Type decimal_quotient(const Type& left, const Type& right) {
  constexpr int scale_least = 6;
  const int scale = std::max(scale_least, left.scale + right.precision + 1);
  return adjusted(whole_digits(left) + right.scale + scale, scale);
}

Type decimal_whole_quotient(const Type& left, const Type& right) {
  return decimal_of(std::clamp(whole_digits(left) + right.scale, 1, decimal_digits_max), 0);
}

Type decimal_remainder(const Type& left, const Type& right) {
  const int scale = std::max(left.scale, right.scale);
  return adjusted(std::max(1, std::min(whole_digits(left), whole_digits(right)) + scale), scale);
}

Type decimal_rounded(const Type& type, int places) {
  const int whole = whole_digits(type) + 1;
  if (places < 0) return decimal_of(std::min(std::max(whole, 1 - places), decimal_digits_max), 0);
  const int scale = std::min<int>(type.scale, places);
  return decimal_of(std::min(whole + scale, decimal_digits_max), scale);
}

}  // namespace millrace

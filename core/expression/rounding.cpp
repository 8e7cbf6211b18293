#include "core/expression/rounding.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

#include "millrace/decimal.hpp"

namespace millrace {

namespace {

/// Rounds to a whole number, exactly.
double rounded_whole(double value, Rounding rounding) {
  if (rounding == Rounding::half_even) return std::nearbyint(value);
  const double whole = std::trunc(value);
  return std::abs(value - whole) >= 0.5 ? whole + std::copysign(1.0, value) : whole;
}

/// Says whether digits[keep..] round the number up.
bool rounds_up(std::string_view digits, size_t keep, Rounding rounding) {
  if (digits[keep] != '5' || rounding == Rounding::half_up) return digits[keep] >= '5';
  const bool beyond_half = digits.find_first_not_of('0', keep + 1) != std::string_view::npos;
  const bool odd = keep > 0 && (digits[keep - 1] - '0') % 2 == 1;
  return beyond_half || odd;
}

}  // namespace

double rounded(double value, int32_t places, Rounding rounding) {
  if (!std::isfinite(value) || value == 0) return value;
  if (places == 0) return rounded_whole(value, rounding);
  char text[32];
  const auto written =
      std::to_chars(text, text + sizeof text, std::abs(value), std::chars_format::scientific);
  const std::string_view scientific(text, static_cast<size_t>(written.ptr - text));
  const size_t e = scientific.find('e');
  std::string digits;
  for (const char c : scientific.substr(0, e))
    if (c != '.') digits += c;
  int exponent = 0;
  const char* from = scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1);
  std::from_chars(from, written.ptr, exponent);
  const int64_t keep = int64_t{exponent} + 1 + places;
  if (keep >= static_cast<int64_t>(digits.size())) return value;
  if (keep < 0) return std::copysign(0.0, value);
  const bool up = rounds_up(digits, static_cast<size_t>(keep), rounding);
  std::string kept = "0" + digits.substr(0, static_cast<size_t>(keep));
  for (size_t i = kept.size(); up && i-- > 0;) {
    if (kept[i] != '9') {
      ++kept[i];
      break;
    }
    kept[i] = '0';
  }
  kept += "e" + std::to_string(exponent + 1 - static_cast<int>(keep));
  double result = 0;
  std::from_chars(kept.data(), kept.data() + kept.size(), result);
  return std::copysign(result, value);
}

namespace {

/// Whether what was cut off, `rest` of `unit`, makes the magnitude one greater.
bool goes_away_from_zero(UInt128 quotient, UInt128 rest, UInt128 unit, bool negative,
                         Rounding rounding) {
  switch (rounding) {
    case Rounding::up:
      return rest != 0 && !negative;
    case Rounding::down:
      return rest != 0 && negative;
    case Rounding::half_up:
      return rest >= unit - rest;
    case Rounding::half_even:
      break;
  }
  return rest > unit - rest || (rest == unit - rest && quotient % 2 == 1);
}

}  // namespace

std::optional<Int128> rounded(Int128 value, int scale, int32_t places, Rounding rounding) {
  if (places >= scale) return value;
  const int dropped = places < -decimal_digits_max ? decimal_digits_max + 1 : scale - places;
  if (dropped > decimal_digits_max) {
    const bool away = goes_away_from_zero(0, value == 0 ? 0 : 1, 10, value < 0, rounding);
    if (!away) return 0;  // Half of 10^39 has more than 38 digits.
    return std::nullopt;
  }
  const auto unit = static_cast<UInt128>(power_of_ten(dropped));
  const UInt128 rest = magnitude(value) % unit;
  UInt128 quotient = magnitude(value) / unit;
  if (goes_away_from_zero(quotient, rest, unit, value < 0, rounding)) ++quotient;
  const Int128 signed_quotient = static_cast<Int128>(quotient) * (value < 0 ? -1 : 1);
  if (places >= 0) return signed_quotient;
  return rescaled(signed_quotient, 0, -places, decimal_digits_max);
}

RoundedWhole rounded(int64_t value, int32_t places, Rounding rounding) {
  if (places >= 0) return {value, true};
  constexpr int32_t places_max = 19;
  if (places < -places_max) return {0, true};
  Int128 unit = 1;
  for (int32_t i = 0; i > places; --i) unit *= 10;
  const Int128 magnitude = value < 0 ? -static_cast<Int128>(value) : value;
  Int128 quotient = magnitude / unit;
  const Int128 twice = magnitude % unit * 2;
  const bool half_goes_up = rounding == Rounding::half_up || quotient % 2 == 1;
  if (twice > unit || (twice == unit && half_goes_up)) ++quotient;
  const Int128 result = (value < 0 ? -1 : 1) * quotient * unit;
  return {static_cast<int64_t>(result), result >= INT64_MIN && result <= INT64_MAX};
}

}  // namespace millrace

#pragma once
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/detail/wide_integer.hpp"
#include "millrace/int128.hpp"
#include "millrace/type.hpp"

// Decimals: a whole number of up to 38 digits, of which the type says how many stand behind the
// point. 1.50 of decimal(5,2) is 150. Rounding is half up: halves go away from zero.
namespace millrace {

inline constexpr int decimal_digits_max = 38;

namespace detail {
inline constexpr auto powers_of_ten = [] {
  std::array<UInt128, decimal_digits_max + 1> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
}  // namespace detail

/// 10 to the power of 0 to 38.
constexpr Int128 power_of_ten(int exponent) {
  return static_cast<Int128>(detail::powers_of_ten[static_cast<size_t>(exponent)]);
}

/// Whether a number has no more than `precision` digits.
constexpr bool fits_digits(Int128 value, int precision) {
  const Int128 limit = power_of_ten(precision);
  return value < limit && value > -limit;
}

/// The number of digits of a number; 0 has one.
constexpr int count_digits(Int128 value) {
  int digits = 1;
  while (digits < decimal_digits_max && !fits_digits(value, digits)) ++digits;
  return digits;
}

/// value / divisor, rounded half up. Defined for every value and divisors that are not 0.
constexpr Int128 rounded_quotient(Int128 value, Int128 divisor) {
  const UInt128 by = magnitude(divisor);
  const UInt128 of = magnitude(value);
  UInt128 quotient = of / by;
  if (of % by >= by - of % by) ++quotient;
  const auto whole = static_cast<Int128>(quotient);
  return (value < 0) != (divisor < 0) ? -whole : whole;
}

/// value * 10^shift / divisor, rounded half up, where it has no more than `precision` digits;
/// nothing otherwise. `shift` is 0 to 76, the divisor is not 0.
inline std::optional<Int128> shifted_quotient(Int128 value, int shift, Int128 divisor,
                                              int precision) {
  const bool negative = (value < 0) != (divisor < 0);
  const UInt128 of = magnitude(value);
  if (shift <= decimal_digits_max &&
      of < detail::powers_of_ten[static_cast<size_t>(decimal_digits_max - shift)]) {
    const auto scaled = static_cast<Int128>(of) * power_of_ten(shift);
    const Int128 quotient =
        rounded_quotient(negative ? -scaled : scaled, static_cast<Int128>(magnitude(divisor)));
    return fits_digits(quotient, precision) ? std::optional(quotient) : std::nullopt;
  }
  detail::WideInteger wide(of);
  // What does not fit 256 bits has more than 38 digits after the division.
  const int first = shift < decimal_digits_max ? shift : decimal_digits_max;
  if (!wide.multiply(detail::powers_of_ten[static_cast<size_t>(first)]) ||
      !wide.multiply(detail::powers_of_ten[static_cast<size_t>(shift - first)]))
    return std::nullopt;
  const auto quotient = wide.rounded_by(magnitude(divisor));
  if (!quotient || *quotient >= detail::powers_of_ten[static_cast<size_t>(precision)])
    return std::nullopt;
  return negative ? -static_cast<Int128>(*quotient) : static_cast<Int128>(*quotient);
}

/// The number with another count of digits behind the point; nothing where it has more than
/// `precision` digits then.
inline std::optional<Int128> rescaled(Int128 value, int from_scale, int to_scale, int precision) {
  if (to_scale < from_scale) {
    value = rounded_quotient(value, power_of_ten(from_scale - to_scale));
  } else if (to_scale > from_scale) {
    const int shift = to_scale - from_scale;
    if (shift > precision || !fits_digits(value, precision - shift))
      return value == 0 ? std::optional<Int128>(0) : std::nullopt;
    value *= power_of_ten(shift);
  }
  return fits_digits(value, precision) ? std::optional(value) : std::nullopt;
}

/// The longest text that write_decimal writes.
inline constexpr size_t decimal_text_max = 44;

/// Writes "-1.50" without an end; returns where it ends.
inline char* write_decimal(Int128 value, int scale, char* to) {
  if (value < 0) *to++ = '-';
  char digits[decimal_text_max];
  char* end = digits + sizeof digits;
  char* at = end;
  UInt128 rest = magnitude(value);
  constexpr uint64_t chunk = 10'000'000'000'000'000'000U;  // 19 digits fit 64 bits.
  while (rest > UINT64_MAX) {
    auto low = static_cast<uint64_t>(rest % chunk);
    rest /= chunk;
    for (int i = 0; i < 19; ++i, low /= 10) *--at = static_cast<char>('0' + low % 10);
  }
  for (auto low = static_cast<uint64_t>(rest); low != 0; low /= 10)
    *--at = static_cast<char>('0' + low % 10);
  while (end - at <= scale) *--at = '0';
  const auto whole = static_cast<size_t>(end - at - scale);
  std::memcpy(to, at, whole);
  to += whole;
  if (scale == 0) return to;
  *to++ = '.';
  std::memcpy(to, at + whole, static_cast<size_t>(scale));
  return to + scale;
}

inline std::string decimal_text(Int128 value, int scale) {
  char text[decimal_text_max];
  return {text, write_decimal(value, scale, text)};
}

/// What parse_decimal made of a text.
struct ParsedDecimal {
  bool is_number = false;
  std::optional<Int128> value;  ///< nothing where the number does not fit
};

/// The nearest double.
inline double decimal_to_double(Int128 value, int scale) {
  constexpr Int128 exact = Int128{1} << 53;
  constexpr int exact_scale = 22;
  // Both operands are exact, so that the one operation rounds correctly.
  if (value <= exact && value >= -exact && scale <= exact_scale)
    return static_cast<double>(static_cast<int64_t>(value)) /
           static_cast<double>(power_of_ten(scale));
  char text[decimal_text_max];
  const char* end = write_decimal(value, scale, text);
  double result = 0;
  std::from_chars(text, end, result);
  return result;
}

namespace detail {

/// Digits of a number as they are read, and where its point is.
class DecimalScanner {
 public:
  explicit DecimalScanner(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  ParsedDecimal scan(int precision, int scale) {
    if (at_ != end_ && (*at_ == '-' || *at_ == '+')) negative_ = *at_++ == '-';
    const char* first = at_;
    take_digits(false);
    ptrdiff_t digits = at_ - first;
    if (at_ != end_ && *at_ == '.') {
      const char* fraction = ++at_;
      take_digits(true);
      digits += at_ - fraction;
    }
    if (digits == 0 || (at_ != end_ && (*at_ == 'e' || *at_ == 'E') && !take_exponent()) ||
        at_ != end_)
      return {};
    return {true, rounded(precision, scale)};
  }

 private:
  void take_digits(bool fraction) {
    for (; at_ != end_ && static_cast<unsigned char>(*at_ - '0') < 10; ++at_) {
      if (kept_ == decimal_digits_max) {
        // Beyond the 38th digit only the first one matters, for rounding.
        if (!dropped_any_) dropped_ = *at_ - '0';
        dropped_any_ = true;
        exponent_ += fraction ? 0 : 1;
        continue;
      }
      value_ = value_ * 10 + static_cast<UInt128>(*at_ - '0');
      if (value_ != 0) ++kept_;
      exponent_ -= fraction ? 1 : 0;
    }
  }
  bool take_exponent() {
    ++at_;
    bool negative = false;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) negative = *at_++ == '-';
    const char* first = at_;
    int64_t value = 0;
    for (; at_ != end_ && static_cast<unsigned char>(*at_ - '0') < 10; ++at_)
      if (value < 1'000'000) value = value * 10 + (*at_ - '0');
    exponent_ += negative ? -value : value;
    return at_ != first;
  }

  // The number is value_ * 10^exponent_, and a little more where digits were dropped.
  std::optional<Int128> rounded(int precision, int scale) const {
    const int64_t shift = exponent_ + scale;
    UInt128 result = value_;
    if (value_ == 0) return Int128{0};
    if (shift < -decimal_digits_max) return Int128{0};
    if (shift < 0) {
      const UInt128 unit = powers_of_ten[static_cast<size_t>(-shift)];
      const UInt128 rest = result % unit;
      result /= unit;
      if (rest >= unit - rest) ++result;
    } else if (shift > 0) {
      if (dropped_any_ || shift > precision ||
          value_ >= powers_of_ten[static_cast<size_t>(precision - shift)])
        return std::nullopt;
      result *= powers_of_ten[static_cast<size_t>(shift)];
    } else if (dropped_ >= 5) {
      ++result;
    }
    if (result >= powers_of_ten[static_cast<size_t>(precision)]) return std::nullopt;
    return negative_ ? -static_cast<Int128>(result) : static_cast<Int128>(result);
  }

  const char* at_;
  const char* end_;
  bool negative_ = false;
  UInt128 value_ = 0;
  int kept_ = 0;
  int64_t exponent_ = 0;
  int dropped_ = 0;
  bool dropped_any_ = false;
};

}  // namespace detail

/// Reads "[+-]digits[.digits][e[+-]digits]", rounded half up to `scale` digits behind the point.
inline ParsedDecimal parse_decimal(std::string_view text, int precision, int scale) {
  return detail::DecimalScanner(text).scan(precision, scale);
}

/// A decimal from text that people write: commas between its digits do not count. Nothing where it
/// is no number or does not fit.
inline std::optional<Int128> read_decimal(std::string_view text, const Type& type) {
  if (text.find(',') == std::string_view::npos)
    return parse_decimal(text, type.precision, type.scale).value;
  std::string digits;
  for (const char c : text)
    if (c != ',') digits += c;
  return parse_decimal(digits, type.precision, type.scale).value;
}

}  // namespace millrace

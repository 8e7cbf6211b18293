#include "core/expression/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace millrace {

namespace {

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

bool equal_lower(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

template <class Number>
std::optional<Number> parse_floating(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const Number sign = negative ? Number{-1} : Number{1};
  constexpr Number infinity = std::numeric_limits<Number>::infinity();
  if (equal_lower(text, "nan")) return std::numeric_limits<Number>::quiet_NaN();
  if (equal_lower(text, "inf") || equal_lower(text, "infinity")) return sign * infinity;
  // Java allows a suffix that names the type.
  if (std::strchr("dDfF", text.back()) != nullptr) text.remove_suffix(1);
  if (text.empty() || (text[0] != '.' && (text[0] < '0' || text[0] > '9'))) return std::nullopt;
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    const size_t exponent = text.find_first_of("eE");
    const bool small = exponent != std::string_view::npos && text[exponent + 1] == '-';
    return sign * (small ? Number{0} : infinity);
  }
  if (error != std::errc{}) return std::nullopt;
  return sign * value;
}

/// Java's form: plain between 1e-3 and 1e7, otherwise one digit, a dot, digits, E, exponent.
template <class Number>
char* write_floating(Number value, char* to) {
  const auto put = [&to](std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    to += text.size();
    return to;
  };
  if (std::isnan(value)) return put("NaN");
  if (std::signbit(value)) *to++ = '-';
  value = std::abs(value);
  if (std::isinf(value)) return put("Infinity");
  if (value == 0) return put("0.0");
  char scientific[number_text_max];
  const auto written = std::to_chars(scientific, scientific + sizeof scientific, value,
                                     std::chars_format::scientific);
  const std::string_view text(scientific, static_cast<size_t>(written.ptr - scientific));
  const size_t e = text.find('e');
  char digits[number_text_max];
  size_t count = 0;
  for (const char c : text.substr(0, e))
    if (c != '.') digits[count++] = c;
  int exponent = 0;
  const auto exponent_text = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  const auto digit = [&](int i) { return i < static_cast<int>(count) ? digits[i] : '0'; };
  if (value >= static_cast<Number>(1e-3) && value < static_cast<Number>(1e7)) {
    if (exponent < 0) {
      put("0.");
      for (int i = -1; i > exponent; --i) *to++ = '0';
      return put({digits, count});
    }
    for (int i = 0; i <= exponent; ++i) *to++ = digit(i);
    *to++ = '.';
    for (int i = exponent + 1; i < std::max(static_cast<int>(count), exponent + 2); ++i)
      *to++ = digit(i);
    return to;
  }
  *to++ = digits[0];
  *to++ = '.';
  if (count == 1) *to++ = '0';
  put({digits + 1, count - 1});
  *to++ = 'E';
  return write_number(static_cast<int64_t>(exponent), to);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<int64_t> parse_whole(std::string_view text, bool cut_fraction) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const size_t dot = cut_fraction ? std::min(text.find('.'), text.size()) : text.size();
  int64_t value = 0;  // Counted downward: the least number has no positive counterpart.
  for (const char c : text.substr(0, dot)) {
    const int digit = c - '0';
    if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, int64_t{10}, &value) ||
        __builtin_sub_overflow(value, static_cast<int64_t>(digit), &value))
      return std::nullopt;
  }
  for (size_t i = dot + 1; i < text.size(); ++i)
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  if (negative) return value;
  if (value == std::numeric_limits<int64_t>::min()) return std::nullopt;
  return -value;
}

std::optional<double> parse_double(std::string_view text) { return parse_floating<double>(text); }
std::optional<float> parse_float(std::string_view text) { return parse_floating<float>(text); }

std::optional<bool> parse_boolean(std::string_view text) {
  text = trimmed(text);
  for (const auto* const yes : {"t", "true", "y", "yes", "1"})
    if (equal_lower(text, yes)) return true;
  for (const auto* const no : {"f", "false", "n", "no", "0"})
    if (equal_lower(text, no)) return false;
  return std::nullopt;
}

char* write_number(int64_t value, char* to) {
  return std::to_chars(to, to + number_text_max, value).ptr;
}
char* write_number(double value, char* to) { return write_floating(value, to); }
char* write_number(float value, char* to) { return write_floating(value, to); }

}  // namespace millrace

#include "plugins/json/scalar.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "millrace/timestamp_text.hpp"

namespace millrace::json {
namespace {

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// A number taken apart: mantissa * 10^exponent when it has few enough digits to be held exactly.
struct Decimal {
  const char* end = nullptr;  // Behind it; null where there is none.
  bool integral = true;
  bool exact = true;  // The mantissa did not overflow 19 digits.
  bool negative = false;
  uint64_t mantissa = 0;
  int64_t exponent = 0;
};

class NumberScanner {
 public:
  NumberScanner(const char* at, const char* end) : at_(at), end_(end) {}

  Decimal scan() {
    if (at_ != end_ && *at_ == '-') {
      number_.negative = true;
      ++at_;
    }
    const char* first = at_;
    digits();
    const auto whole = at_ - first;
    if (whole == 0 || (whole > 1 && *first == '0')) return {};
    if (at_ != end_ && *at_ == '.') {
      number_.integral = false;
      const char* fraction = ++at_;
      digits();
      if (at_ == fraction) return {};
      number_.exponent = -(at_ - fraction);
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E') && !scan_exponent()) return {};
    number_.end = at_;
    number_.exact = significant_ <= 19;
    return number_;
  }

 private:
  void digits() {
    for (; at_ != end_ && is_digit(*at_); ++at_) {
      number_.mantissa = number_.mantissa * 10 + static_cast<uint64_t>(*at_ - '0');
      significant_ += significant_ != 0 || *at_ != '0';
    }
  }
  bool scan_exponent() {
    number_.integral = false;
    ++at_;
    bool negative = false;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) negative = *at_++ == '-';
    const char* first = at_;
    int64_t value = 0;
    for (; at_ != end_ && is_digit(*at_); ++at_)
      if (value < 100'000) value = value * 10 + (*at_ - '0');
    number_.exponent += negative ? -value : value;
    return at_ != first;
  }

  const char* at_;
  const char* end_;
  Decimal number_;
  int significant_ = 0;
};

constexpr double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four hexadecimal digits at `at`, or -1.
int code_unit(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

char* put_utf8(int code, char* to) {
  if (code < 0x80) {
    *to++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *to++ = static_cast<char>(0xc0 | code >> 6);
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *to++ = static_cast<char>(0xe0 | code >> 12);
    *to++ = static_cast<char>(0x80 | (code >> 6 & 0x3f));
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  } else {
    *to++ = static_cast<char>(0xf0 | code >> 18);
    *to++ = static_cast<char>(0x80 | (code >> 12 & 0x3f));
    *to++ = static_cast<char>(0x80 | (code >> 6 & 0x3f));
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  }
  return to;
}

// Reads the code point behind "\u"; `at` moves past it. -1 for a bad one.
int code_point(const char*& at, const char* end) {
  constexpr int replacement = 0xfffd;
  const int first = code_unit(at, end);
  if (first < 0) return -1;
  at += 4;
  if (first < 0xd800 || first > 0xdfff) return first;
  if (first > 0xdbff || end - at < 6 || at[0] != '\\' || at[1] != 'u') return replacement;
  const int second = code_unit(at + 2, end);
  if (second < 0xdc00 || second > 0xdfff) return replacement;
  at += 6;
  return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

// What a backslash and this character mean; 0 for nothing.
char simple_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

constexpr std::array<int, 256> base64_values = [] {
  std::array<int, 256> values{};
  for (auto& value : values) value = -1;
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < digits.size(); ++i)
    values[static_cast<unsigned char>(digits[i])] = static_cast<int>(i);
  return values;
}();

}  // namespace

bool is_number(std::string_view token) {
  const char* end = token.data() + token.size();
  return end_of_number(token.data(), end) == end;
}

const char* end_of_number(const char* at, const char* end) {
  const auto skip_digits = [end](const char* from) {
    while (from != end && is_digit(*from)) ++from;
    return from;
  };
  if (at != end && *at == '-') ++at;
  const char* behind = skip_digits(at);
  if (behind == at || (*at == '0' && behind - at > 1)) return nullptr;
  at = behind;
  if (at != end && *at == '.') {
    behind = skip_digits(at + 1);
    if (behind == at + 1) return nullptr;
    at = behind;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    behind = skip_digits(at);
    if (behind == at) return nullptr;
    at = behind;
  }
  return at;
}

bool is_literal(std::string_view token) {
  return token == "true" || token == "false" || token == "null";
}

std::optional<int64_t> read_integer(const char*& at, const char* end) {
  const auto number = NumberScanner(at, end).scan();
  if (number.end == nullptr || !number.integral || !number.exact) return std::nullopt;
  at = number.end;
  constexpr uint64_t limit = uint64_t{1} << 63;
  if (number.negative)
    return number.mantissa <= limit ? std::optional(static_cast<int64_t>(-number.mantissa))
                                    : std::nullopt;
  return number.mantissa < limit ? std::optional(static_cast<int64_t>(number.mantissa))
                                 : std::nullopt;
}

std::optional<double> read_real(const char*& at, const char* end) {
  const char* begin = at;
  const auto number = NumberScanner(at, end).scan();
  if (number.end == nullptr) return std::nullopt;
  at = number.end;
  // Both operands are exact, so that the one operation rounds correctly.
  if (number.exact && number.mantissa <= uint64_t{1} << 53 && number.exponent >= -22 &&
      number.exponent <= 22) {
    auto value = static_cast<double>(number.mantissa);
    if (number.exponent < 0)
      value /= powers_of_ten[-number.exponent];
    else
      value *= powers_of_ten[number.exponent];
    return number.negative ? -value : value;
  }
  double value = 0;
  const auto result = std::from_chars(begin, at, value);
  if (result.ec == std::errc::result_out_of_range) {
    // from_chars does not tell too large from too small; this is rare enough for a copy.
    return std::strtod(std::string(begin, at).c_str(), nullptr);
  }
  return value;
}

std::optional<int64_t> parse_integer(std::string_view token) {
  const char* at = token.data();
  const auto value = read_integer(at, token.data() + token.size());
  return at == token.data() + token.size() ? value : std::nullopt;
}

std::optional<double> parse_real(std::string_view token) {
  const char* at = token.data();
  const auto value = read_real(at, token.data() + token.size());
  return at == token.data() + token.size() ? value : std::nullopt;
}

std::optional<int64_t> time_of_count(int64_t count, int64_t unit) {
  int64_t time = 0;
  if (__builtin_mul_overflow(count, unit, &time) || !is_in_four_digit_years(time))
    return std::nullopt;
  return time;
}

bool has_valid_escapes(std::string_view inside) {
  const char* at = inside.data();
  const char* end = at + inside.size();
  while ((at = static_cast<const char*>(std::memchr(at, '\\', static_cast<size_t>(end - at)))) !=
         nullptr) {
    if (end - at < 2) return false;
    if (at[1] == 'u') {
      if (code_unit(at + 2, end) < 0) return false;
      at += 6;
    } else {
      if (simple_escape(at[1]) == 0) return false;
      at += 2;
    }
    if (at == end) return true;
  }
  return true;
}

char* unescape(std::string_view inside, char* to) {
  const char* at = inside.data();
  const char* end = at + inside.size();
  while (at != end) {
    if (*at != '\\') {
      *to++ = *at++;
      continue;
    }
    if (end - at < 2) return nullptr;
    const char kind = at[1];
    at += 2;
    if (kind == 'u') {
      const int code = code_point(at, end);
      if (code < 0) return nullptr;
      to = put_utf8(code, to);
    } else {
      const char meant = simple_escape(kind);
      if (meant == 0) return nullptr;
      *to++ = meant;
    }
  }
  return to;
}

bool decode_base64(std::string_view text, std::string& to) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return false;
  uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const int value = base64_values[static_cast<unsigned char>(c)];
    if (value < 0) return false;
    group = group << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      to += static_cast<char>(group >> bits & 0xff);
    }
  }
  return true;
}

}  // namespace millrace::json

#include "core/expression/text_codes.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/expression/number_text.hpp"
#include "core/expression/unicode.hpp"
#include "core/expression/value_text.hpp"

namespace millrace::strings {

namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of a digit of any base up to 36; 99 for other characters.
int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 99;
}

bool is_plain_in_url(char c) {
  return (digit_value(c) < 36) || c == '.' || c == '-' || c == '*' || c == '_';
}

std::vector<uint32_t> code_points(std::string_view text) {
  std::vector<uint32_t> codes;
  while (!text.empty()) {
    codes.push_back(first_code_point(text));
    text.remove_prefix(character_size(text));
  }
  return codes;
}

}  // namespace

void append_base64(Text& out, std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<uint8_t>(bytes[i + j]) : 0U);
    for (size_t j = 0; j < 4; ++j)
      out.append(i + j <= bytes.size() ? base64_digits[group >> (18 - 6 * j) & 63] : '=');
  }
}

void append_unbase64(Text& out, std::string_view text) {
  uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    const size_t digit = base64_digits.find(c);
    if (digit == std::string_view::npos) continue;
    group = group << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.append(static_cast<char>(group >> bits));
  }
}

void append_url_encoded(Text& out, std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_plain_in_url(c)) {
      out.append(c);
    } else if (c == ' ') {
      out.append('+');
    } else {
      out.append('%');
      out.append(digits[static_cast<uint8_t>(c) >> 4]);
      out.append(digits[static_cast<uint8_t>(c) & 15]);
    }
  }
}

void append_url_decoded(Text& out, std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.append(' ');
    } else if (text[i] != '%') {
      out.append(text[i]);
    } else {
      const int high = i + 2 < text.size() ? digit_value(text[i + 1]) : 99;
      const int low = i + 2 < text.size() ? digit_value(text[i + 2]) : 99;
      if (high > 15 || low > 15) throw RowError{value_text(text) + " is not a URL's text"};
      out.append(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
}

void append_soundex(Text& out, std::string_view text) {
  constexpr std::string_view codes = "01230127022455012623017202";
  const auto letter = [](char c) { return static_cast<char>(c & ~0x20); };
  const auto is_letter = [&](char c) { return letter(c) >= 'A' && letter(c) <= 'Z'; };
  if (text.empty() || !is_letter(text[0])) return out.append(text);
  std::string result(1, letter(text[0]));
  char last = codes[static_cast<size_t>(result[0] - 'A')];
  for (size_t i = 1; i < text.size() && result.size() < 4; ++i) {
    if (!is_letter(text[i])) {
      last = '0';
      continue;
    }
    const char code = codes[static_cast<size_t>(letter(text[i]) - 'A')];
    if (code == '7') continue;  // H and W do not separate what sounds the same.
    if (code != '0' && code != last) result += code;
    last = code;
  }
  result.resize(4, '0');
  out.append(result);
}

int32_t levenshtein(std::string_view left, std::string_view right) {
  const auto a = code_points(left);
  const auto b = code_points(right);
  std::vector<int32_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = static_cast<int32_t>(j);
  for (size_t i = 0; i < a.size(); ++i) {
    int32_t corner = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      const int32_t replaced = corner + (a[i] == b[j] ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

bool append_converted(Text& out, std::string_view digits, int32_t from, int32_t to, bool strict) {
  constexpr int32_t base_max = 36;
  digits = trimmed(digits);
  if (from < 2 || from > base_max || std::abs(to) < 2 || std::abs(to) > base_max || digits.empty())
    return false;
  bool negative = digits[0] == '-';
  uint64_t value = 0;
  for (const char c : digits.substr(negative ? 1 : 0)) {
    const int digit = digit_value(c);
    if (digit >= from) break;
    if (!__builtin_mul_overflow(value, static_cast<uint64_t>(from), &value) &&
        !__builtin_add_overflow(value, static_cast<uint64_t>(digit), &value))
      continue;
    if (strict) throw RowError{value_text(digits) + " does not fit in 64 bits"};
    value = UINT64_MAX;
    break;
  }
  if (negative && to > 0) value = static_cast<int64_t>(value) < 0 ? UINT64_MAX : 0 - value;
  if (to < 0 && static_cast<int64_t>(value) < 0) {
    value = 0 - value;
    negative = true;
  }
  const auto base = static_cast<uint64_t>(std::abs(to));
  std::string written;
  do {
    written += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % base];
    value /= base;
  } while (value != 0);
  if (negative && to < 0) written += '-';
  std::reverse(written.begin(), written.end());
  out.append(written);
  return true;
}

}  // namespace millrace::strings

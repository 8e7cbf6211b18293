#include "core/expression/literal_text.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "millrace/civil.hpp"

#include "core/expression/unicode.hpp"

namespace millrace {

namespace {

struct Unit {
  std::string_view name;
  int64_t months;
  int64_t microseconds;
};

constexpr std::array<Unit, 9> units{{{"year", 12, 0},
                                     {"month", 1, 0},
                                     {"week", 0, 7 * microseconds_per_day},
                                     {"day", 0, microseconds_per_day},
                                     {"hour", 0, 3600 * microseconds_per_second},
                                     {"minute", 0, 60 * microseconds_per_second},
                                     {"second", 0, microseconds_per_second},
                                     {"millisecond", 0, 1000},
                                     {"microsecond", 0, 1}}};

std::optional<Unit> find_unit(std::string_view word) {
  if (word.size() > 1 && word.back() == 's') word.remove_suffix(1);
  for (const auto& unit : units)
    if (unit.name == word) return unit;
  return std::nullopt;
}

/// Takes the next run of characters that are not blank, in lower case.
std::string take_word(std::string_view& text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text[0]))) text.remove_prefix(1);
  std::string word;
  while (!text.empty() && !std::isspace(static_cast<unsigned char>(text[0]))) {
    const bool number = std::string_view("+-.0123456789").find(text[0]) != std::string_view::npos;
    const bool was_number =
        word.empty() || std::string_view("+-.0123456789").find(word[0]) != std::string_view::npos;
    if (!word.empty() && number != was_number) break;
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    text.remove_prefix(1);
  }
  return word;
}

/// `number` of `unit`, exactly; a fraction is allowed for units without months.
bool add(std::string_view number, const Unit& unit, Interval& to) {
  const bool negative = !number.empty() && number[0] == '-';
  if (!number.empty() && (number[0] == '-' || number[0] == '+')) number.remove_prefix(1);
  const size_t dot = number.find('.');
  const auto whole_text = number.substr(0, dot);
  const auto fraction_text =
      dot == std::string_view::npos ? std::string_view{} : number.substr(dot + 1);
  if (whole_text.empty() && fraction_text.empty()) return false;
  int64_t whole = 0;
  if (!whole_text.empty()) {
    const auto [end, error] =
        std::from_chars(whole_text.data(), whole_text.data() + whole_text.size(), whole);
    if (error != std::errc{} || end != whole_text.data() + whole_text.size()) return false;
  }
  double fraction = 0;
  double place = 0.1;
  for (const char c : fraction_text) {
    if (c < '0' || c > '9') return false;
    fraction += (c - '0') * place;
    place /= 10;
  }
  if (dot != std::string_view::npos && unit.months != 0) return false;
  const int64_t sign = negative ? -1 : 1;
  int64_t months = 0;
  int64_t microseconds = 0;
  if (__builtin_mul_overflow(whole, unit.months * sign, &months) ||
      __builtin_mul_overflow(whole, unit.microseconds * sign, &microseconds) ||
      __builtin_add_overflow(to.months, months, &to.months) ||
      __builtin_add_overflow(to.microseconds, microseconds, &to.microseconds))
    return false;
  const auto rest = std::llround(fraction * static_cast<double>(unit.microseconds));
  return !__builtin_add_overflow(to.microseconds, sign * static_cast<int64_t>(rest),
                                 &to.microseconds);
}

void append_character(uint32_t code, std::string& to) {
  Buffer<char> bytes;
  Text out(bytes);
  append_code_point(code, out);
  to.append(bytes.data(), bytes.size());
}

/// Reads exactly `count` digits of `base` at the front of `text`.
std::optional<uint32_t> digits(std::string_view text, size_t count, int base) {
  if (text.size() < count) return std::nullopt;
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, value, base);
  if (error != std::errc{} || end != text.data() + count) return std::nullopt;
  return value;
}

/// Appends what the escape at the front of `text` (behind the backslash) means; its length.
size_t append_escape(std::string_view text, std::string& to) {
  if (const auto octal = digits(text, 3, 8); octal && *octal < 256) {
    append_character(*octal, to);
    return 3;
  }
  if (text[0] == 'u' || text[0] == 'U') {
    const size_t count = text[0] == 'u' ? 4 : 8;
    if (const auto code = digits(text.substr(1), count, 16); code && *code < 0x110000) {
      append_character(*code, to);
      return 1 + count;
    }
  }
  constexpr std::string_view from = "0bnrtZ";
  constexpr std::string_view meant{"\0\b\n\r\t\x1a", 6};
  const size_t known = from.find(text[0]);
  if (text[0] == '%' || text[0] == '_') to += '\\';
  to += known == std::string_view::npos ? text[0] : meant[known];
  return 1;
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      result += text[at++];
    } else {
      ++at;
      at += append_escape(text.substr(at), result);
    }
  }
  return result;
}

std::optional<Interval> parse_interval(std::string_view text) {
  Interval interval;
  bool any = false;
  auto number = take_word(text);
  if (number == "interval") number = take_word(text);
  while (!number.empty()) {
    auto word = take_word(text);
    if ((number == "-" || number == "+") && !word.empty()) {
      number += word;
      word = take_word(text);
    }
    const auto unit = find_unit(word);
    if (!unit || !add(number, *unit, interval)) return std::nullopt;
    any = true;
    number = take_word(text);
  }
  if (!any) return std::nullopt;
  return interval;
}

std::string interval_text(int64_t microseconds) {
  if (microseconds == 0) return "0 seconds";
  std::string text;
  for (const auto& unit : units) {
    if (unit.microseconds == 0 || unit.name == "week") continue;
    const int64_t count = microseconds / unit.microseconds;
    if (count == 0) continue;
    microseconds -= count * unit.microseconds;
    if (!text.empty()) text += ' ';
    text += std::to_string(count) + ' ' + std::string(unit.name);
    if (count != 1) text += 's';
  }
  return text;
}

}  // namespace millrace

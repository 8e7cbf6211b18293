#include "core/expression/format_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "millrace/decimal.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/expression/timestamp_cast.hpp"
#include "core/expression/unicode.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

constexpr int width_max = 1 << 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool has(const std::string& flags, char flag) { return flags.find(flag) != std::string::npos; }

/// Commas between the thousands in front of the point.
std::string grouped(const std::string& digits) {
  const size_t point = std::min(digits.find_first_of(".e"), digits.size());
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i < point && (point - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string printed(const char* format, int precision, double value) {
  const int size = std::snprintf(nullptr, 0, format, precision, value);
  std::string text(static_cast<size_t>(size) + 1, '\0');
  std::snprintf(text.data(), text.size(), format, precision, value);
  text.pop_back();
  return text;
}

int take_number(std::string_view text, size_t& at) {
  int number = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    number = number * 10 + (text[at] - '0');
    if (number > width_max) throw RowError{value_text(text) + " asks for too long a text"};
  }
  return number;
}

/// The text of a value, as %s shows it.
std::string plain_text(const Column& column, int64_t row, const Session& session) {
  if (column.is_null(row)) return "null";
  if (column.type.is_bytes()) return std::string(column.text(row));
  if (column.type.id != TypeId::timestamp) return value_text(column, row);
  char text[timestamp_text_max];
  return {text, write_timestamp(column.int64(row), *session.zone, text)};
}

}  // namespace

std::string number_with_commas(double value, int places) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-∞" : "∞";
  const auto digits = printed("%.*f", places, std::abs(value));
  return (std::signbit(value) ? "-" : "") + grouped(digits);
}

FormatText::FormatText(std::string_view text, const Session&) {
  size_t next = 0;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      if (items_.empty() || items_.back().conversion != '\0') items_.emplace_back();
      items_.back().literal += text[at++];
    } else {
      add_item(text, ++at, next);
    }
  }
}

void FormatText::add_item(std::string_view text, size_t& at, size_t& next) {
  Item item;
  size_t digits = at;
  const int number = take_number(text, digits);
  const bool numbered = number > 0 && digits < text.size() && text[digits] == '$';
  if (numbered) at = digits + 1;
  while (at < text.size() && std::string_view("-#+ 0,(").find(text[at]) != std::string::npos)
    item.flags += text[at++];
  item.width = take_number(text, at);
  if (at < text.size() && text[at] == '.') item.precision = take_number(text, ++at);
  item.conversion = at < text.size() ? text[at++] : '\0';
  if (std::string_view("sSdxXofeEgcbBn%").find(item.conversion) == std::string::npos ||
      item.conversion == '\0')
    throw RowError{value_text(text) + " is not a format: places are written %s, %d, %.2f"};
  if (item.conversion == 'n' || item.conversion == '%') {
    item.literal = item.conversion == 'n' ? "\n" : "%";
    item.conversion = '\0';
  } else {
    item.argument = numbered ? static_cast<size_t>(number) - 1 : next++;
  }
  items_.push_back(std::move(item));
}

void FormatText::append(const std::vector<const Column*>& columns, const std::vector<int64_t>& rows,
                        const Session& session, std::string& to) const {
  for (const auto& item : items_) {
    if (item.conversion == '\0') {
      to += item.literal;
      continue;
    }
    if (item.argument >= columns.size())
      throw RowError{"the format has a place for value " + std::to_string(item.argument + 1) +
                     ", which is not given"};
    auto text = written(item, *columns[item.argument], rows[item.argument], session);
    const auto size = static_cast<int>(count_characters(text));
    const std::string padding(static_cast<size_t>(std::max(0, item.width - size)), ' ');
    to += has(item.flags, '-') ? text + padding : padding + text;
  }
}

std::string FormatText::written(const Item& item, const Column& column, int64_t row,
                                const Session& session) {
  const char kind = item.conversion;
  if (kind == 'b' || kind == 'B') {
    const bool truth =
        !column.is_null(row) && (column.type.id != TypeId::boolean || column.boolean(row));
    return truth ? (kind == 'b' ? "true" : "TRUE") : (kind == 'b' ? "false" : "FALSE");
  }
  if (kind == 's' || kind == 'S' || column.is_null(row)) {
    auto text = plain_text(column, row, session);
    if (item.precision >= 0) text.resize(byte_of_character(text, item.precision));
    if (kind != 'S') return text;
    Buffer<char> upper;
    Text out(upper);
    append_upper(text, out);
    return {upper.data(), upper.size()};
  }
  const auto& type = column.type;
  const bool is_whole = type.is_integer();
  if (is_whole && kind == 'c') {
    Buffer<char> character;
    Text out(character);
    const int64_t code = type.id == TypeId::int32 ? column.int32(row) : column.int64(row);
    append_code_point(static_cast<uint32_t>(code), out);
    return {character.data(), character.size()};
  }
  if (is_whole && std::string_view("dxXo").find(kind) != std::string::npos) {
    if (type.id == TypeId::int64) return whole(item, column.int64(row));
    const int32_t value = column.int32(row);
    return whole(item, kind == 'd' ? int64_t{value} : int64_t{static_cast<uint32_t>(value)});
  }
  if (type.is_decimal() && std::string_view("feEg").find(kind) != std::string::npos)
    return real(item, decimal_to_double(column.decimal(row), type.scale));
  if (type.is_floating() && std::string_view("feEg").find(kind) != std::string::npos)
    return real(item, type.id == TypeId::float64 ? column.float64(row)
                                                 : static_cast<double>(column.float32(row)));
  throw RowError{std::string("%") + kind + " does not take " + with_article(type) +
                 (kind == 'd' ? "; cast it to long" : "")};
}

namespace {

/// A sign or parentheses around the digits, zeros up to the width.
std::string dressed(const std::string& flags, int width, bool negative, std::string digits) {
  const bool enclosed = negative && has(flags, '(');
  std::string front =
      negative ? (enclosed ? "(" : "-") : (has(flags, '+') ? "+" : (has(flags, ' ') ? " " : ""));
  const size_t size = front.size() + digits.size() + (enclosed ? 1 : 0);
  if (has(flags, '0') && size < static_cast<size_t>(width))
    digits.insert(0, static_cast<size_t>(width) - size, '0');
  return front + digits + (enclosed ? ")" : "");
}

}  // namespace

std::string FormatText::whole(const Item& item, int64_t value) {
  char digits[32];
  if (item.conversion != 'd') {
    const char* format =
        item.conversion == 'x' ? "%llx" : (item.conversion == 'X' ? "%llX" : "%llo");
    std::snprintf(digits, sizeof digits, format, static_cast<unsigned long long>(value));
    return dressed(item.flags, item.width, false, digits);
  }
  const auto magnitude =
      value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::snprintf(digits, sizeof digits, "%llu", static_cast<unsigned long long>(magnitude));
  return dressed(item.flags, item.width, value < 0,
                 has(item.flags, ',') ? grouped(digits) : digits);
}

std::string FormatText::real(const Item& item, double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  const int precision = item.precision < 0 ? 6 : item.precision;
  const char* format = item.conversion == 'f'   ? "%.*f"
                       : item.conversion == 'e' ? "%.*e"
                       : item.conversion == 'E' ? "%.*E"
                                                : "%.*g";
  auto digits = printed(format, precision, std::abs(value));
  if (has(item.flags, ',')) digits = grouped(digits);
  return dressed(item.flags, item.width, std::signbit(value), std::move(digits));
}

}  // namespace millrace

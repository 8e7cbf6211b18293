#include "plugins/console/cell_text.hpp"

#include <charconv>
#include <cmath>

#include "millrace/json.hpp"
#include "millrace/timestamp_text.hpp"

namespace millrace::console {
namespace {

// Java's Double.toString: 1.0, 0.001, 1.0E7, 1.0E-4.
template <class Real>
void append_real(Real value, std::string& to) {
  if (std::isnan(value)) {
    to += "NaN";
    return;
  }
  if (std::isinf(value)) {
    to += value > 0 ? "Infinity" : "-Infinity";
    return;
  }
  const auto size = std::fabs(value);
  const bool plain = size == 0 || (size >= Real(1e-3) && size < Real(1e7));
  char text[64];
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  std::string_view shown(text, std::to_chars(text, text + sizeof text, value, format).ptr);
  if (plain) {
    to += shown;
    if (shown.find('.') == std::string_view::npos) to += ".0";
    return;
  }
  const auto exponent = shown.find('e');
  to += shown.substr(0, exponent);
  if (shown.substr(0, exponent).find('.') == std::string_view::npos) to += ".0";
  shown.remove_prefix(exponent + 1);
  to += 'E';
  if (shown.front() == '-') to += '-';
  shown.remove_prefix(1);
  while (shown.size() > 1 && shown.front() == '0') shown.remove_prefix(1);
  to += shown;
}

void append_timestamp(int64_t microseconds, std::string& to) {
  char text[timestamp_text_max];
  std::string_view shown(text, format_timestamp(microseconds, text));
  shown.remove_suffix(1);  // The Z.
  if (shown.find('.') != std::string_view::npos)
    while (shown.back() == '0') shown.remove_suffix(1);
  const size_t first = to.size();
  to += shown;
  to[to.find('T', first)] = ' ';
}

void append_binary(std::string_view bytes, std::string& to) {
  static constexpr char hex[] = "0123456789ABCDEF";
  to += '[';
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) to += ' ';
    to += hex[static_cast<unsigned char>(bytes[i]) >> 4];
    to += hex[static_cast<unsigned char>(bytes[i]) & 15];
  }
  to += ']';
}

// A line break would tear the table apart, and other control characters could rule the terminal.
void append_text(std::string_view text, std::string& to) {
  for (const char c : text) {
    switch (c) {
      case '\n':
        to += "\\n";
        break;
      case '\r':
        to += "\\r";
        break;
      case '\t':
        to += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
          to += "\xef\xbf\xbd";
        else
          to += c;
    }
  }
}

// The next character of UTF-8, moving `at` past it. Bytes that are not UTF-8 count one by one.
char32_t next_character(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  const size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  if (at + more >= text.size() || first > 0xf4) return static_cast<char32_t>(byte(at++));
  char32_t character = more == 0 ? first : first & (0x3fU >> more);
  for (size_t i = 1; i <= more; ++i) character = character << 6 | (byte(at + i) & 0x3fU);
  at += more + 1;
  return character;
}

size_t width_of_character(char32_t c) {
  const auto between = [c](char32_t low, char32_t high) { return c >= low && c <= high; };
  if (between(0x300, 0x36f) || between(0x200b, 0x200f) || between(0xfe00, 0xfe0f)) return 0;
  const bool wide = between(0x1100, 0x115f) || between(0x2e80, 0x303e) || between(0x3041, 0xa4cf) ||
                    between(0xac00, 0xd7a3) || between(0xf900, 0xfaff) || between(0xfe30, 0xfe6f) ||
                    between(0xff00, 0xff60) || between(0xffe0, 0xffe6) ||
                    between(0x1f300, 0x1f64f) || between(0x1f900, 0x1f9ff) ||
                    between(0x20000, 0x3fffd);
  return wide ? 2 : 1;
}

// As much of the text as is `most` columns wide.
std::string_view prefix_of_width(std::string_view text, size_t most) {
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    width += width_of_character(next_character(text, at));
    if (width > most) return text.substr(0, start);
  }
  return text;
}

}  // namespace

void append_cell(const Column& column, int64_t row, std::string& to) {
  if (column.is_null(row)) {
    to += "NULL";
    return;
  }
  char text[timestamp_text_max];
  switch (column.type.id) {
    case TypeId::boolean:
      to += column.boolean(row) ? "true" : "false";
      break;
    case TypeId::int32:
      json::append_integer(column.int32(row), to);
      break;
    case TypeId::int64:
    case TypeId::duration:
      json::append_integer(column.int64(row), to);
      break;
    case TypeId::float32:
      append_real(column.float32(row), to);
      break;
    case TypeId::float64:
      append_real(column.float64(row), to);
      break;
    case TypeId::string:
      append_text(column.text(row), to);
      break;
    case TypeId::binary:
      append_binary(column.text(row), to);
      break;
    case TypeId::date:
      to.append(text, format_date(column.int32(row), text));
      break;
    case TypeId::timestamp:
      append_timestamp(column.int64(row), to);
      break;
    case TypeId::list:
      to += '[';
      for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
        if (i != column.offsets[row]) to += ", ";
        append_cell(column.children[0], i, to);
      }
      to += ']';
      break;
    case TypeId::structure:
      to += '{';
      for (size_t i = 0; i < column.children.size(); ++i) {
        if (i != 0) to += ", ";
        append_cell(column.children[i], row, to);
      }
      to += '}';
      break;
    case TypeId::decimal:
      json::append_decimal(column.decimal(row), column.type.scale, to);
      break;
    case TypeId::null:
      break;
  }
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  for (size_t at = 0; at < text.size();) width += width_of_character(next_character(text, at));
  return width;
}

std::string cut_to_width(std::string_view text, size_t most) {
  if (display_width(text) <= most) return std::string(text);
  if (most < 4) return std::string(prefix_of_width(text, most));
  return std::string(prefix_of_width(text, most - 3)) + "...";
}

}  // namespace millrace::console

#pragma once
#include <charconv>
#include <cmath>
#include <string>

#include "millrace/batch.hpp"
#include "millrace/timestamp_text.hpp"

// How a row is spelled as JSON: numbers in the shortest form that reads back the same, decimals
// with all digits of their type, timestamps as ISO-8601 in UTC, binaries in base64, NaN and
// infinities as strings.
namespace millrace::json {

inline void append_string(std::string_view text, std::string& to) {
  static constexpr char hex[] = "0123456789abcdef";
  to += '"';
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    to.append(text.data() + done, i - done);
    done = i + 1;
    switch (byte) {
      case '"':
        to += "\\\"";
        break;
      case '\\':
        to += "\\\\";
        break;
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
        to += "\\u00";
        to += hex[byte >> 4];
        to += hex[byte & 15];
    }
  }
  to.append(text.data() + done, text.size() - done);
  to += '"';
}

inline void append_base64(std::string_view bytes, std::string& to) {
  static constexpr char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  to += '"';
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (size_t j = 0; j < 4; ++j)
      to += i + j <= bytes.size() ? digits[group >> (18 - 6 * j) & 63] : '=';
  }
  to += '"';
}

template <class Integer>
void append_integer(Integer value, std::string& to) {
  char text[24];
  to.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

/// A float or double; integral ones keep a ".0", so that they stay floating in typeless readers.
template <class Real>
void append_real(Real value, std::string& to) {
  if (std::isnan(value)) {
    to += "\"NaN\"";
  } else if (std::isinf(value)) {
    to += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    to.append(text, end);
    if (std::string_view(text, end).find_first_of(".en") == std::string_view::npos) to += ".0";
  }
}

/// A number with all digits that its type has behind the point: 1.50.
inline void append_decimal(Int128 value, int scale, std::string& to) {
  char text[decimal_text_max];
  to.append(text, write_decimal(value, scale, text));
}

inline void append_value(const Column& column, int64_t row, std::string& to) {
  if (column.is_null(row)) {
    to += "null";
    return;
  }
  char text[timestamp_text_max];
  switch (column.type.id) {
    case TypeId::boolean:
      to += column.boolean(row) ? "true" : "false";
      break;
    case TypeId::int32:
      append_integer(column.int32(row), to);
      break;
    case TypeId::int64:
    case TypeId::duration:
      append_integer(column.int64(row), to);
      break;
    case TypeId::float32:
      append_real(column.float32(row), to);
      break;
    case TypeId::float64:
      append_real(column.float64(row), to);
      break;
    case TypeId::string:
      append_string(column.text(row), to);
      break;
    case TypeId::binary:
      append_base64(column.text(row), to);
      break;
    case TypeId::date:
      to.append("\"").append(text, format_date(column.int32(row), text)).append("\"");
      break;
    case TypeId::timestamp:
      to.append("\"").append(text, format_timestamp(column.int64(row), text)).append("\"");
      break;
    case TypeId::list:
      to += '[';
      for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
        if (i != column.offsets[row]) to += ',';
        append_value(column.children[0], i, to);
      }
      to += ']';
      break;
    case TypeId::structure:
      to += '{';
      for (size_t i = 0; i < column.children.size(); ++i) {
        if (i != 0) to += ',';
        append_string(column.type.children[i].name, to);
        to += ':';
        append_value(column.children[i], row, to);
      }
      to += '}';
      break;
    case TypeId::decimal:
      append_decimal(column.decimal(row), column.type.scale, to);
      break;
    case TypeId::null:
      to += "null";
  }
}

/// One object with the row's columns in order, hidden ones left out.
inline void append_row(const Batch& batch, int64_t row, std::string& to) {
  to += '{';
  bool first = true;
  for (size_t i = 0; i < batch.column_count(); ++i) {
    if (batch.schema()[i].hidden) continue;
    if (!first) to += ',';
    first = false;
    append_string(batch.schema()[i].name, to);
    to += ':';
    append_value(batch.column(i), row, to);
  }
  to += '}';
}

}  // namespace millrace::json

namespace millrace {
inline std::string Row::to_json() const {
  std::string text;
  json::append_row(*batch_, index_, text);
  return text;
}
}  // namespace millrace

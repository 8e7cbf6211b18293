#include "plugins/postgres/value_text.hpp"

#include <charconv>
#include <cmath>

#include "millrace/decimal.hpp"
#include "millrace/timestamp_text.hpp"

namespace millrace::postgres {
namespace {

template <class Number>
void append_number(Number value, std::string& to) {
  char text[40];
  to.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

template <class Real>
void append_real(Real value, std::string& to) {
  if (std::isnan(value))
    to += "NaN";
  else if (std::isinf(value))
    to += value > 0 ? "Infinity" : "-Infinity";
  else
    append_number(value, to);
}

// Years of five digits have no sign; there is no year 0, the one before 1 is 1 BC.
void append_date(int64_t days, std::string& to) {
  const auto civil = civil_from_days(days);
  char text[timestamp_text_max];
  if (civil.year >= 1 && civil.year <= 9999) {
    to.append(text, format_date(days, text));
    return;
  }
  const auto two = [&](int64_t number) {
    to += '-';
    if (number < 10) to += '0';
    append_number(number, to);
  };
  const int64_t year = civil.year >= 1 ? civil.year : 1 - civil.year;
  for (int64_t limit = 1000; limit > year; limit /= 10) to += '0';
  append_number(year, to);
  two(civil.month);
  two(civil.day);
}

void append_timestamp(int64_t microseconds, std::string& to) {
  const int64_t days = floor_div(microseconds, microseconds_per_day);
  append_date(days, to);
  char text[timestamp_text_max];
  // "1970-01-01T12:30:00.123Z": the time of day, behind the date.
  char* const end = format_timestamp(floor_rest(microseconds, microseconds_per_day), text);
  to.append(text + 10, end);
  if (civil_from_days(days).year < 1) to += " BC";
}

void append_bytes(std::string_view bytes, std::string& to) {
  static constexpr char hex[] = "0123456789abcdef";
  to += "\\x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    to += hex[byte >> 4];
    to += hex[byte & 15];
  }
}

}  // namespace

void append_plain(const Column& column, int64_t row, std::string& to) {
  char text[decimal_text_max];
  switch (column.type.id) {
    case TypeId::boolean:
      to += column.boolean(row) ? 't' : 'f';
      break;
    case TypeId::int32:
      append_number(column.int32(row), to);
      break;
    case TypeId::int64:
      append_number(column.int64(row), to);
      break;
    case TypeId::float32:
      append_real(column.float32(row), to);
      break;
    case TypeId::float64:
      append_real(column.float64(row), to);
      break;
    case TypeId::string:
      to += column.text(row);
      break;
    case TypeId::binary:
      append_bytes(column.text(row), to);
      break;
    case TypeId::date:
      append_date(column.int32(row), to);
      if (civil_from_days(column.int32(row)).year < 1) to += " BC";
      break;
    case TypeId::timestamp:
      append_timestamp(column.int64(row), to);
      break;
    case TypeId::duration:
      append_number(column.int64(row), to);
      to += " microseconds";
      break;
    case TypeId::decimal:
      to.append(text, write_decimal(column.decimal(row), column.type.scale, text));
      break;
    case TypeId::list:
    case TypeId::structure:
    case TypeId::null:
      break;  // Nested, or never anything but null.
  }
}

}  // namespace millrace::postgres

#include "core/expression/value_text.hpp"

#include "millrace/decimal.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/expression/literal_text.hpp"
#include "core/expression/number_text.hpp"
#include "core/expression/timestamp_cast.hpp"

namespace millrace {

std::string value_text(bool value) { return value ? "true" : "false"; }
std::string value_text(int32_t value) { return number_text(value); }
std::string value_text(int64_t value) { return number_text(value); }
std::string value_text(float value) { return number_text(value); }
std::string value_text(double value) { return number_text(value); }

std::string value_text(std::string_view value) {
  constexpr size_t shown_max = 100;
  if (value.size() <= shown_max) return "'" + std::string(value) + "'";
  size_t cut = shown_max;
  while (cut > 0 && (value[cut] & 0xC0) == 0x80) --cut;
  return "'" + std::string(value.substr(0, cut)) + "...'";
}

std::string value_text(Bytes value) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text = "X'";
  for (const char c : value.view) {
    text += digits[static_cast<uint8_t>(c) >> 4];
    text += digits[static_cast<uint8_t>(c) & 15];
  }
  return text + "'";
}

std::string value_text(Date value) {
  char text[timestamp_text_max];
  return {text, format_date(value.days, text)};
}

std::string value_text(Timestamp value) {
  char text[timestamp_text_max];
  return {text, write_timestamp(value.microseconds, *TimeZone::utc(), text)};
}

std::string value_text(Duration value) { return interval_text(value.microseconds); }

namespace {

std::string nested_text(const Column& column, int64_t row) {
  std::string text;
  if (column.type.id == TypeId::list) {
    for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i)
      text += (text.empty() ? "" : ", ") + value_text(column.children[0], i);
    return "[" + text + "]";
  }
  for (size_t i = 0; i < column.children.size(); ++i)
    text += (text.empty() ? "" : ", ") + column.type.children[i].name + ": " +
            value_text(column.children[i], row);
  return "{" + text + "}";
}

}  // namespace

std::string value_text(const Column& column, int64_t row) {
  if (column.is_null(row)) return "null";
  switch (column.type.id) {
    case TypeId::boolean:
      return value_text(column.boolean(row));
    case TypeId::int32:
      return value_text(column.int32(row));
    case TypeId::int64:
      return value_text(column.int64(row));
    case TypeId::float32:
      return value_text(column.float32(row));
    case TypeId::float64:
      return value_text(column.float64(row));
    case TypeId::decimal:
      return decimal_text(column.decimal(row), column.type.scale);
    case TypeId::string:
      return value_text(column.text(row));
    case TypeId::binary:
      return value_text(Bytes{column.text(row)});
    case TypeId::date:
      return value_text(Date{column.int32(row)});
    case TypeId::timestamp:
      return value_text(Timestamp{column.int64(row)});
    case TypeId::duration:
      return value_text(Duration{column.int64(row)});
    case TypeId::list:
    case TypeId::structure:
      return nested_text(column, row);
    case TypeId::null:
      break;
  }
  return "null";
}

}  // namespace millrace

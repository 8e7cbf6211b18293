#include "plugins/csv/field_reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "millrace/decimal.hpp"
#include "millrace/timestamp_text.hpp"

namespace millrace::csv {
namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(
      text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Number value{};
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

// from_chars would also take "inf" and "nan(1)".
std::optional<double> parse_real(std::string_view text) {
  using limits = std::numeric_limits<double>;
  if (text == "NaN") return limits::quiet_NaN();
  if (text == "Inf" || text == "Infinity" || text == "+Inf" || text == "+Infinity")
    return limits::infinity();
  if (text == "-Inf" || text == "-Infinity") return -limits::infinity();
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  return parse_number<double>(text);
}

template <class Value>
bool append_if(const std::optional<Value>& value, ColumnBuilder& to) {
  if (value) to.append(*value);
  return value.has_value();
}

bool append_boolean(std::string_view text, ColumnBuilder& to) {
  const bool value = equals_ignoring_case(text, "true");
  if (!value && !equals_ignoring_case(text, "false")) return false;
  to.append_boolean(value);
  return true;
}

bool append_real(std::string_view text, ColumnBuilder& to) {
  const auto value = parse_real(text);
  if (!value) return false;
  if (to.type().id == TypeId::float64)
    to.append(*value);
  else
    to.append(static_cast<float>(*value));
  return true;
}

bool append_date(std::string_view text, ColumnBuilder& to) {
  const auto days = parse_date(text);
  if (days) to.append(static_cast<int32_t>(*days));
  return days.has_value();
}

bool append_text(std::string_view text, ColumnBuilder& to) {
  if (to.type().id == TypeId::string && !is_utf8(text)) return false;
  to.append_bytes(text);
  return true;
}

}  // namespace

bool is_readable(const Type& type) { return !type.is_nested() && type.id != TypeId::null; }

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x80) {
      ++i;
      continue;
    }
    const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || i + length > text.size()) return false;
    uint32_t character = first & (0x7fU >> length);
    for (size_t j = 1; j < length; ++j) {
      const auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xc0) != 0x80) return false;
      character = character << 6 | (next & 0x3fU);
    }
    // Spelled longer than needed, a surrogate, or beyond Unicode.
    if (character < (length == 3   ? 0x800U
                     : length == 4 ? 0x10000U
                                   : 0x80U) ||
        (character >= 0xd800 && character <= 0xdfff) || character > 0x10ffff)
      return false;
    i += length;
  }
  return true;
}

bool append_field(std::string_view text, const SessionZone& zone, ColumnBuilder& to) {
  switch (to.type().id) {
    case TypeId::boolean:
      return append_boolean(text, to);
    case TypeId::int32:
      return append_if(parse_number<int32_t>(text), to);
    case TypeId::int64:
    case TypeId::duration:
      return append_if(parse_number<int64_t>(text), to);
    case TypeId::float32:
    case TypeId::float64:
      return append_real(text, to);
    case TypeId::string:
    case TypeId::binary:
      return append_text(text, to);
    case TypeId::decimal:
      return append_if(read_decimal(text, to.type()), to);
    case TypeId::date:
      return append_date(text, to);
    case TypeId::timestamp:
      return append_if(parse_timestamp(text, zone), to);
    case TypeId::list:
    case TypeId::structure:
    case TypeId::null:
      break;
  }
  return false;
}

}  // namespace millrace::csv

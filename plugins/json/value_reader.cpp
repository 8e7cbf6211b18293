#include "plugins/json/value_reader.hpp"

#include <limits>
#include <optional>
#include <vector>

#include "millrace/decimal.hpp"
#include "millrace/timestamp_text.hpp"

#include "plugins/json/document_walker.hpp"
#include "plugins/json/scalar.hpp"

namespace millrace::json {
namespace {

std::optional<double> named_real(std::string_view text) {
  using limits = std::numeric_limits<double>;
  if (text == "NaN") return limits::quiet_NaN();
  if (text == "Infinity" || text == "+Infinity" || text == "INF" || text == "+INF")
    return limits::infinity();
  if (text == "-Infinity" || text == "-INF") return -limits::infinity();
  return std::nullopt;
}

bool is_scalar(std::string_view token) { return is_number(token) || is_literal(token); }

}  // namespace

bool ValueReader::append(uint32_t token, ColumnBuilder& to) {
  if (is_null(token)) {
    to.append_null();
    return true;
  }
  switch (to.type().id) {
    case TypeId::boolean:
      return append_boolean(token, to);
    case TypeId::int32:
    case TypeId::int64:
    case TypeId::duration:
      return append_integer(token, to);
    case TypeId::float32:
    case TypeId::float64:
      return append_real(token, to);
    case TypeId::decimal:
      return append_decimal(token, to);
    case TypeId::string:
      return append_string(token, to);
    case TypeId::binary:
      return append_binary(token, to);
    case TypeId::date:
    case TypeId::timestamp:
      return append_time(token, to);
    case TypeId::list:
      return append_list(token, to);
    case TypeId::structure:
      return append_structure(token, to);
    case TypeId::null:
      break;
  }
  return refuse(token, to);
}

bool ValueReader::append_boolean(uint32_t token, ColumnBuilder& to) {
  const auto text = tokens_.span(token);
  if (text != "true" && text != "false") return refuse(token, to);
  to.append_boolean(text == "true");
  return true;
}

bool ValueReader::append_integer(uint32_t token, ColumnBuilder& to) {
  const auto value = parse_integer(tokens_.span(token));
  if (!value) return refuse(token, to);
  if (to.type().id != TypeId::int32) {
    to.append(*value);
    return true;
  }
  if (*value != static_cast<int32_t>(*value)) return refuse(token, to);
  to.append(static_cast<int32_t>(*value));
  return true;
}

bool ValueReader::append_real(uint32_t token, ColumnBuilder& to) {
  const auto value =
      tokens_.kind(token) == '"' ? named_real(text_of(token)) : parse_real(tokens_.span(token));
  if (!value) return refuse(token, to);
  if (to.type().id == TypeId::float64)
    to.append(*value);
  else
    to.append(static_cast<float>(*value));
  return true;
}

// Never by way of a double. A number in quotes is one too, as in Spark.
bool ValueReader::append_decimal(uint32_t token, ColumnBuilder& to) {
  std::optional<Int128> value;
  if (tokens_.kind(token) == '"')
    value = read_decimal(text_of(token), to.type());
  else if (const auto text = tokens_.span(token); is_number(text))
    value = parse_decimal(text, to.type().precision, to.type().scale).value;
  if (!value) return refuse(token, to);
  to.append(*value);
  return true;
}

// Anything but a string goes into a string column as it is spelled.
bool ValueReader::append_string(uint32_t token, ColumnBuilder& to) {
  const char kind = tokens_.kind(token);
  if (kind == '"') {
    const auto inside = tokens_.inside(token);
    if (!tokens_.has_escapes) {
      to.append_bytes(inside);
      return true;
    }
    char* start = to.reserve_bytes(inside.size() + 1);  // Never null, also for an empty string.
    const char* end = unescape(inside, start);
    if (end == nullptr) return refuse(token, to);
    to.append_written(static_cast<size_t>(end - start));
  } else if (kind == '{' || kind == '[') {
    const uint32_t last = DocumentWalker::after(tokens_, token) - 1;
    to.append_bytes({tokens_.text + tokens_.at[token], tokens_.at[last] + 1 - tokens_.at[token]});
  } else {
    const auto text = tokens_.span(token);
    if (!is_scalar(text)) return refuse(token, to);
    to.append_bytes(text);
  }
  return true;
}

bool ValueReader::append_binary(uint32_t token, ColumnBuilder& to) {
  std::string bytes;
  if (tokens_.kind(token) != '"' || !decode_base64(text_of(token), bytes)) return refuse(token, to);
  to.append_bytes(bytes);
  return true;
}

bool ValueReader::append_time(uint32_t token, ColumnBuilder& to) {
  const bool is_date = to.type().id == TypeId::date;
  if (tokens_.kind(token) == '"') {
    const auto text = text_of(token);
    const auto value = is_date ? parse_date(text) : parse_timestamp(text, times_.zone);
    if (!value) return refuse(token, to);
    if (is_date)
      to.append(static_cast<int32_t>(*value));
    else
      to.append(*value);
    return true;
  }
  const auto count = parse_integer(tokens_.span(token));
  const auto time = count && !is_date ? time_of_count(*count, times_.unit) : std::nullopt;
  if (!time) return refuse(token, to);
  to.append(*time);
  return true;
}

bool ValueReader::append_list(uint32_t token, ColumnBuilder& to) {
  if (tokens_.kind(token) != '[') return refuse(token, to);
  bool fits = true;
  bool whole = true;
  ++token;
  for (int64_t i = 0; tokens_.kind(token) != ']'; ++i) {
    if (!append(token, to.child())) {
      nested("[" + std::to_string(i) + "]");
      fits = false;
      whole = whole && mismatch_.partial;
    }
    token = DocumentWalker::after(tokens_, token);
    if (tokens_.kind(token) == ',') ++token;
  }
  to.end_nested();
  if (!fits) mismatch_.partial = whole;
  return fits;
}

bool ValueReader::append_structure(uint32_t token, ColumnBuilder& to) {
  if (tokens_.kind(token) != '{') return refuse(token, to);
  const auto& fields = to.type().children;
  std::vector<uint32_t> values(fields.size(), 0);
  ++token;
  while (tokens_.kind(token) != '}') {
    const auto key = text_of(token);
    for (size_t i = 0; i < fields.size(); ++i)
      if (fields[i].name == key) values[i] = token + 2;
    token = DocumentWalker::after(tokens_, token + 2);
    if (tokens_.kind(token) == ',') ++token;
  }
  bool fits = true;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (values[i] == 0)
      to.child(i).append_null();
    else if (!append(values[i], to.child(i))) {
      nested("." + fields[i].name);
      fits = false;
    }
  }
  to.end_nested();
  if (!fits) mismatch_.partial = true;
  return fits;
}

void ValueReader::nested(const std::string& place) { mismatch_.path.insert(0, place); }

bool ValueReader::is_null(uint32_t token) const {
  return tokens_.kind(token) == 'n' && tokens_.span(token) == "null";
}

bool ValueReader::refuse(uint32_t token, ColumnBuilder& to) {
  mismatch_ = {"", to_string(to.type()), token, false};
  to.append_null();
  return false;
}

std::string_view ValueReader::text_of(uint32_t token) {
  const auto inside = tokens_.inside(token);
  if (!tokens_.has_escapes || inside.find('\\') == std::string_view::npos) return inside;
  plain_.resize(inside.size());
  const char* end = unescape(inside, plain_.data());
  if (end == nullptr) return {};
  return {plain_.data(), static_cast<size_t>(end - plain_.data())};
}

}  // namespace millrace::json

#include "plugins/json/shape_reader.hpp"

#include <bit>
#include <cstring>
#include <simdjson.h>

#include "millrace/timestamp_text.hpp"

#include "plugins/json/scalar.hpp"

namespace millrace::json {
namespace {

constexpr size_t block = 256;

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

bool starts_with(const char* at, const char* end, std::string_view word) {
  return end - at >= static_cast<int64_t>(word.size()) &&
         std::memcmp(at, word.data(), word.size()) == 0;
}

template <class Value>
int64_t bits_of(Value value) {
  int64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

template <class Value>
void append_numbers(const std::vector<int64_t>& bits, const std::vector<uint8_t>& present,
                    size_t rows, ColumnBuilder& to) {
  for (size_t row = 0; row < rows; ++row) {
    Value value;
    std::memcpy(&value, &bits[row], sizeof value);
    if (present[row] != 0)
      to.append(value);
    else
      to.append_null();
  }
}

}  // namespace

ShapeReader::ShapeReader(Schema rows, TimeRules times)
    : rows_(std::move(rows)), times_(times), values_(rows_.size()) {
  for (auto& values : values_) {
    values.numbers.resize(block);
    values.texts.resize(block);
    values.present.resize(block);
  }
}

void ShapeReader::learn(const Tokens& tokens, uint32_t token, uint32_t begin, uint32_t end) {
  shape_ = RecordShape::of(tokens, token, begin, end, rows_);
}

int64_t ShapeReader::read(const Column& payloads, int64_t first, std::vector<ColumnBuilder>& to) {
  if (shape_.members.empty()) return first;
  for (;;) {
    size_t rows = 0;
    for (; rows < block && first < payloads.length; ++rows, ++first) {
      const char* at = payloads.bytes + payloads.offsets[first];
      const char* end = payloads.bytes + payloads.offsets[first + 1];
      if (payloads.is_null(first) || !read_record(at, end, rows)) break;
    }
    append_block(rows, to);
    if (rows < block) return first;
  }
}

bool ShapeReader::read_record(const char* at, const char* end, size_t row) {
  for (const auto& member : shape_.members) {
    if (end - at <= member.before.size() || !member.before.matches(at)) return false;
    at = read_value(member, at + member.before.size(), end, row);
    if (at == nullptr) return false;
  }
  return end - at == shape_.after.size() && shape_.after.matches(at);
}

const char* ShapeReader::read_value(const RecordShape::Member& member, const char* at,
                                    const char* end, size_t row) {
  const char kind = *at;
  if (member.column >= 0) values_[static_cast<size_t>(member.column)].present[row] = kind != 'n';
  if (kind == '"') return read_text(member, at + 1, end, row);
  if (kind == '-' || is_digit(kind)) return read_number(member, at, end, row);
  if (starts_with(at, end, "null")) return at + 4;
  const bool is_true = starts_with(at, end, "true");
  if (!is_true && !starts_with(at, end, "false")) return nullptr;
  if (member.column >= 0) {
    if (member.type != TypeId::boolean) return nullptr;
    values_[static_cast<size_t>(member.column)].numbers[row] = is_true;
  }
  return at + (is_true ? 4 : 5);
}

const char* ShapeReader::read_text(const RecordShape::Member& member, const char* at,
                                   const char* end, size_t row) {
  bool ascii = true;
  const char* quote = closing_quote(at, end, ascii);
  if (quote == nullptr) return nullptr;
  const std::string_view text(at, static_cast<size_t>(quote - at));
  if (!ascii && !simdjson::validate_utf8(text.data(), text.size())) return nullptr;
  if (member.column < 0) return quote + 1;
  auto& values = values_[static_cast<size_t>(member.column)];
  if (member.type == TypeId::string) {
    values.texts[row] = text;
    return quote + 1;
  }
  std::optional<int64_t> time;
  if (member.type == TypeId::timestamp)
    time = parse_timestamp(text, times_.zone);
  else if (member.type == TypeId::date)
    time = parse_date(text);
  if (!time) return nullptr;
  values.numbers[row] = *time;
  return quote + 1;
}

const char* ShapeReader::read_number(const RecordShape::Member& member, const char* at,
                                     const char* end, size_t row) {
  const char* behind = end_of_number(at, end);
  if (member.column < 0 || behind == nullptr) return behind;
  const std::string_view text(at, static_cast<size_t>(behind - at));
  auto& number = values_[static_cast<size_t>(member.column)].numbers[row];
  if (member.type == TypeId::float64 || member.type == TypeId::float32) {
    const auto value = parse_real(text);
    if (!value) return nullptr;
    number = member.type == TypeId::float64 ? bits_of(*value) : bits_of(static_cast<float>(*value));
    return behind;
  }
  auto value = parse_integer(text);
  if (value && member.type == TypeId::timestamp) value = time_of_count(*value, times_.unit);
  if (!value) return nullptr;
  number = *value;
  const bool fits = member.type == TypeId::int64 || member.type == TypeId::timestamp ||
                    (member.type == TypeId::int32 && number == static_cast<int32_t>(number));
  return fits ? behind : nullptr;
}

void ShapeReader::append_block(size_t rows, std::vector<ColumnBuilder>& to) {
  for (size_t column = 0; column < to.size(); ++column) {
    auto& values = values_[column];
    auto& builder = to[column];
    if (!shape_.has_column[column]) {
      for (size_t row = 0; row < rows; ++row) builder.append_null();
      continue;
    }
    switch (builder.type().id) {
      case TypeId::string:
        for (size_t row = 0; row < rows; ++row)
          values.present[row] != 0 ? builder.append_bytes(values.texts[row])
                                   : builder.append_null();
        break;
      case TypeId::boolean:
        for (size_t row = 0; row < rows; ++row)
          values.present[row] != 0 ? builder.append_boolean(values.numbers[row] != 0)
                                   : builder.append_null();
        break;
      case TypeId::int32:
      case TypeId::date:
        append_numbers<int32_t>(values.numbers, values.present, rows, builder);
        break;
      case TypeId::float32:
        append_numbers<float>(values.numbers, values.present, rows, builder);
        break;
      case TypeId::float64:
        append_numbers<double>(values.numbers, values.present, rows, builder);
        break;
      default:
        append_numbers<int64_t>(values.numbers, values.present, rows, builder);
        break;
    }
  }
}

}  // namespace millrace::json

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

// Calls append(row) for all of them, in order, and appends null for `nulls`.
template <class Append>
void append_each(size_t rows, const std::vector<size_t>& nulls, ColumnBuilder& to,
                 Append&& append) {
  if (nulls.empty()) {
    for (size_t row = 0; row < rows; ++row) append(row);
    return;
  }
  auto null = nulls.begin();
  for (size_t row = 0; row < rows; ++row) {
    if (null != nulls.end() && *null == row) {
      to.append_null();
      ++null;
    } else {
      append(row);
    }
  }
}

// Copies 16 bytes at a time, which may be read behind any payload: most texts are that short.
void append_text(std::string_view text, ColumnBuilder& to) {
  constexpr size_t step = 16;
  char* at = to.reserve_bytes(text.size() + step);
  for (size_t i = 0; i < text.size(); i += step) std::memcpy(at + i, text.data() + i, step);
  to.append_written(text.size());
}

template <class Value>
void append_numbers(const std::vector<int64_t>& bits, const std::vector<size_t>& nulls, size_t rows,
                    ColumnBuilder& to) {
  append_each(rows, nulls, to, [&](size_t row) {
    Value value;
    std::memcpy(&value, &bits[row], sizeof value);
    to.append(value);
  });
}

}  // namespace

ShapeReader::ShapeReader(Schema rows, TimeRules times)
    : rows_(std::move(rows)), times_(times), values_(rows_.size()) {
  for (auto& values : values_) {
    values.numbers.resize(block);
    values.texts.resize(block);
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
  if (kind == '"')
    return member.type == TypeId::timestamp || member.type == TypeId::date
               ? read_time(member, at + 1, end, row)
               : read_text(member, at + 1, end, row);
  if (kind == '-' || is_digit(kind)) return read_number(member, at, end, row);
  return read_literal(member, at, end, row);
}

const char* ShapeReader::read_text(const RecordShape::Member& member, const char* at,
                                   const char* end, size_t row) {
  bool ascii = true;
  const char* quote = closing_quote(at, end, ascii);
  if (quote == nullptr) return nullptr;
  const std::string_view text(at, static_cast<size_t>(quote - at));
  if (!ascii && !simdjson::validate_utf8(text.data(), text.size())) return nullptr;
  if (member.column >= 0) {
    if (member.type != TypeId::string) return nullptr;
    values_[static_cast<size_t>(member.column)].texts[row] = text;
  }
  return quote + 1;
}

const char* ShapeReader::read_time(const RecordShape::Member& member, const char* at,
                                   const char* end, size_t row) {
  auto& time = values_[static_cast<size_t>(member.column)].numbers[row];
  constexpr auto usual = static_cast<int64_t>(RecentDay::text_size);
  if (member.type == TypeId::timestamp && end - at > usual && at[usual] == '"' &&
      day_.read(at, time))
    return at + usual + 1;
  bool ascii = true;
  const char* quote = closing_quote(at, end, ascii);
  if (quote == nullptr) return nullptr;
  const std::string_view text(at, static_cast<size_t>(quote - at));
  const auto read =
      member.type == TypeId::date ? parse_date(text) : parse_timestamp(text, times_.zone);
  if (!read) return nullptr;
  time = *read;
  if (member.type == TypeId::timestamp) day_.note(text, time);
  return quote + 1;
}

const char* ShapeReader::read_number(const RecordShape::Member& member, const char* at,
                                     const char* end, size_t row) {
  if (member.column < 0) return end_of_number(at, end);
  auto& number = values_[static_cast<size_t>(member.column)].numbers[row];
  if (member.type == TypeId::float64 || member.type == TypeId::float32) {
    const auto value = read_real(at, end);
    if (!value) return nullptr;
    number = member.type == TypeId::float64 ? bits_of(*value) : bits_of(static_cast<float>(*value));
    return at;
  }
  auto value = read_integer(at, end);
  if (value && member.type == TypeId::timestamp) value = time_of_count(*value, times_.unit);
  if (!value) return nullptr;
  number = *value;
  const bool fits = member.type == TypeId::int64 || member.type == TypeId::timestamp ||
                    (member.type == TypeId::int32 && number == static_cast<int32_t>(number));
  return fits ? at : nullptr;
}

const char* ShapeReader::read_literal(const RecordShape::Member& member, const char* at,
                                      const char* end, size_t row) {
  if (starts_with(at, end, "null")) {
    if (member.column >= 0) values_[static_cast<size_t>(member.column)].nulls.push_back(row);
    return at + 4;
  }
  const bool is_true = starts_with(at, end, "true");
  if (!is_true && !starts_with(at, end, "false")) return nullptr;
  if (member.column >= 0) {
    if (member.type != TypeId::boolean) return nullptr;
    values_[static_cast<size_t>(member.column)].numbers[row] = is_true;
  }
  return at + (is_true ? 4 : 5);
}

void ShapeReader::append_block(size_t rows, std::vector<ColumnBuilder>& to) {
  for (size_t column = 0; column < to.size(); ++column) {
    auto& [numbers, texts, nulls] = values_[column];
    auto& builder = to[column];
    if (!shape_.has_column[column]) {
      for (size_t row = 0; row < rows; ++row) builder.append_null();
      continue;
    }
    switch (builder.type().id) {
      case TypeId::string:
        append_each(rows, nulls, builder, [&](size_t row) { append_text(texts[row], builder); });
        break;
      case TypeId::boolean:
        append_each(rows, nulls, builder,
                    [&](size_t row) { builder.append_boolean(numbers[row] != 0); });
        break;
      case TypeId::int32:
      case TypeId::date:
      case TypeId::float32:
        append_numbers<int32_t>(numbers, nulls, rows, builder);
        break;
      default:
        append_numbers<int64_t>(numbers, nulls, rows, builder);
        break;
    }
    nulls.clear();
  }
}

}  // namespace millrace::json

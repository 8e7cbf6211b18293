#include "plugins/json/shape_reader.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <simdjson.h>

#include "millrace/timestamp_text.hpp"

#include "plugins/json/scalar.hpp"

namespace millrace::json {
namespace {

constexpr size_t block = 256;
constexpr size_t most_shapes = 4;
constexpr int fruitless_in_a_row = 16;

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

ShapeReader::ShapeReader(const Schema& rows, TimeRules times)
    : wanted_(rows), times_(times), values_(wanted_.size()) {}

// What cannot be read although its shape is known teaches nothing; after some of these only now and
// then one is looked at.
bool ShapeReader::wants_to_learn() {
  return ++fruitless_ < fruitless_in_a_row || fruitless_ % fruitless_in_a_row == 0;
}

void ShapeReader::learn(const Tokens& tokens, uint32_t token, uint32_t begin, uint32_t end) {
  auto shape = RecordShape::of(tokens, token, begin, end, wanted_);
  if (shape.members.empty() || std::ranges::find(shapes_, shape) != shapes_.end()) return;
  fruitless_ = 0;
  if (shapes_.size() < most_shapes) {
    shapes_.push_back(std::move(shape));
  } else {
    shapes_[oldest_] = std::move(shape);
    oldest_ = (oldest_ + 1) % most_shapes;
  }
}

int64_t ShapeReader::read(const Column& payloads, int64_t first, std::vector<ColumnBuilder>& to) {
  if (shapes_.empty()) return first;
  make_room(std::min(block, static_cast<size_t>(payloads.length - first)));
  for (;;) {
    size_t rows = 0;
    for (; rows < block && first < payloads.length; ++rows, ++first) {
      const char* at = payloads.bytes + payloads.offsets[first];
      const char* end = payloads.bytes + payloads.offsets[first + 1];
      if (payloads.is_null(first) || !read_record(at, end, rows)) break;
    }
    for (size_t column = 0; column < to.size(); ++column) append_field(column, rows, to[column]);
    for (auto& values : values_) values.nulls.clear();
    if (rows < block) return first;
  }
}

void ShapeReader::make_room(size_t rows) {
  if (rows <= room_) return;
  room_ = rows;
  for (auto& values : values_) {
    values.numbers.resize(rows);
    values.texts.resize(rows);
  }
}

bool ShapeReader::read_record(const char* at, const char* end, size_t row) {
  if (read_by(shapes_[recent_], at, end, row)) return true;
  for (size_t i = 0; i < shapes_.size(); ++i) {
    if (i == recent_ || !read_by(shapes_[i], at, end, row)) continue;
    recent_ = i;
    return true;
  }
  return false;
}

bool ShapeReader::read_by(const RecordShape& shape, const char* at, const char* end, size_t row) {
  for (const auto& member : shape.members) {
    if (end - at <= member.before.size() || !member.before.matches(at)) return forget(row), false;
    at = read_value(member, at + member.before.size(), end, row);
    if (at == nullptr) return forget(row), false;
  }
  if (end - at != shape.after.size() || !shape.after.matches(at)) return forget(row), false;
  for (const int field : shape.missing) values_[static_cast<size_t>(field)].nulls.push_back(row);
  return true;
}

// The nulls of a record that was read in part.
void ShapeReader::forget(size_t row) {
  for (auto& values : values_)
    if (!values.nulls.empty() && values.nulls.back() == row) values.nulls.pop_back();
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
  if (member.field >= 0) {
    if (member.type != TypeId::string) return nullptr;
    values_[static_cast<size_t>(member.field)].texts[row] = text;
  }
  return quote + 1;
}

const char* ShapeReader::read_time(const RecordShape::Member& member, const char* at,
                                   const char* end, size_t row) {
  auto& time = values_[static_cast<size_t>(member.field)].numbers[row];
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
  if (member.field < 0) return end_of_number(at, end);
  auto& number = values_[static_cast<size_t>(member.field)].numbers[row];
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
    if (member.field >= 0) values_[static_cast<size_t>(member.field)].nulls.push_back(row);
    return at + 4;
  }
  const bool is_true = starts_with(at, end, "true");
  if (!is_true && !starts_with(at, end, "false")) return nullptr;
  if (member.field >= 0) {
    if (member.type != TypeId::boolean) return nullptr;
    values_[static_cast<size_t>(member.field)].numbers[row] = is_true;
  }
  return at + (is_true ? 4 : 5);
}

void ShapeReader::append_field(size_t field, size_t rows, ColumnBuilder& to) {
  const auto& numbers = values_[field].numbers;
  const auto& texts = values_[field].texts;
  const auto& nulls = values_[field].nulls;
  if (nulls.size() == rows) {
    for (size_t row = 0; row < rows; ++row) to.append_null();
    return;
  }
  switch (to.type().id) {
    case TypeId::structure:
      append_structure(field, rows, to);
      break;
    case TypeId::string:
      append_each(rows, nulls, to, [&](size_t row) { append_text(texts[row], to); });
      break;
    case TypeId::boolean:
      append_each(rows, nulls, to, [&](size_t row) { to.append_boolean(numbers[row] != 0); });
      break;
    case TypeId::int32:
    case TypeId::date:
    case TypeId::float32:
      append_numbers<int32_t>(numbers, nulls, rows, to);
      break;
    default:
      append_numbers<int64_t>(numbers, nulls, rows, to);
      break;
  }
}

// Where a structure is null its fields are, too: no member holds them.
void ShapeReader::append_structure(size_t field, size_t rows, ColumnBuilder& to) {
  const auto& fields = wanted_[field].fields;
  for (size_t i = 0; i < fields.size(); ++i)
    append_field(static_cast<size_t>(fields[i]), rows, to.child(i));
  auto null = values_[field].nulls.begin();
  for (size_t row = 0; row < rows; ++row) {
    if (null != values_[field].nulls.end() && *null == row) {
      to.end_null();
      ++null;
    } else {
      to.end_nested();
    }
  }
}

}  // namespace millrace::json

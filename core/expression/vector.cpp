#include "core/expression/vector.hpp"

namespace millrace {

Column make_bytes_column(Type type, Buffer<int32_t> offsets, Buffer<char> bytes, Bitmap validity) {
  struct Memory {
    Buffer<int32_t> offsets;
    Buffer<char> bytes;
    Bitmap validity;
  };
  auto memory = std::make_shared<Memory>();
  memory->offsets = std::move(offsets);
  memory->bytes = std::move(bytes);
  memory->validity = std::move(validity);
  Column column;
  column.type = std::move(type);
  column.length = static_cast<int64_t>(memory->offsets.size()) - 1;
  column.offsets = memory->offsets.data();
  column.bytes = memory->bytes.data();
  if (!memory->validity.empty())
    column.validity = reinterpret_cast<const uint8_t*>(memory->validity.data());
  column.owner = std::move(memory);
  return column;
}

Column with_validity(Column column, Bitmap validity) {
  struct Memory {
    std::shared_ptr<const void> values;
    Bitmap validity;
  };
  auto memory = std::make_shared<Memory>();
  memory->values = std::move(column.owner);
  memory->validity = std::move(validity);
  column.validity = memory->validity.empty()
                        ? nullptr
                        : reinterpret_cast<const uint8_t*>(memory->validity.data());
  column.owner = std::move(memory);
  return column;
}

Column null_column(const Type& type, int64_t length) {
  if (type.id == TypeId::null) {
    Column column;
    column.type = type;
    column.length = length;
    return column;
  }
  ColumnBuilder builder(type);
  builder.reserve(static_cast<size_t>(length));
  for (int64_t i = 0; i < length; ++i) builder.append_null();
  return builder.finish();
}

Column spread(const Vector& vector, int64_t rows) {
  if (!vector.constant) return vector.column;
  if (vector.column.is_null(0)) return null_column(vector.column.type, rows);
  ColumnBuilder builder(vector.column.type);
  builder.reserve(static_cast<size_t>(rows));
  for (int64_t i = 0; i < rows; ++i) builder.append_from(vector.column, 0);
  return builder.finish();
}

Bitmap validity_of(const Vector& vector, int64_t rows) {
  if (!vector.column.may_have_nulls()) return {};
  if (vector.constant) return vector.column.is_null(0) ? filled_bitmap(rows, false) : Bitmap{};
  if (vector.column.type.id == TypeId::null) return filled_bitmap(rows, false);
  return make_bitmap(
      rows, [&](size_t i) { return load_word(vector.column.validity, vector.column.length, i); });
}

Bitmap common_validity(const std::vector<const Vector*>& vectors, int64_t rows) {
  Bitmap common;
  for (const auto* vector : vectors) {
    Bitmap validity = validity_of(*vector, rows);
    if (validity.empty()) continue;
    if (common.empty()) {
      common = std::move(validity);
    } else {
      for (size_t i = 0; i < common.size(); ++i) common[i] &= validity[i];
    }
  }
  return common;
}

namespace {

Bitmap rows_with(const Vector& vector, int64_t rows, bool wanted) {
  const auto& column = vector.column;
  if (vector.constant)
    return filled_bitmap(rows, !column.is_null(0) && column.boolean(0) == wanted);
  if (column.type.id == TypeId::null) return filled_bitmap(rows, false);
  const auto* values = static_cast<const uint8_t*>(column.values);
  const uint64_t flip = wanted ? 0 : ~uint64_t{0};
  return make_bitmap(rows, [&](size_t i) {
    const uint64_t valid =
        column.validity == nullptr ? ~uint64_t{0} : load_word(column.validity, rows, i);
    return (load_word(values, rows, i) ^ flip) & valid;
  });
}

}  // namespace

Bitmap true_rows(const Vector& vector, int64_t rows) { return rows_with(vector, rows, true); }
Bitmap false_rows(const Vector& vector, int64_t rows) { return rows_with(vector, rows, false); }

}  // namespace millrace

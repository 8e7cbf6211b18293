#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "millrace/column.hpp"
#include "millrace/column_builder.hpp"

#include "core/expression/bitmap.hpp"

namespace millrace {

/// What a node evaluates to: a value for each row, or one value (a column of length 1) that stands
/// for every row.
struct Vector {
  Column column;
  bool constant = false;

  /// Turns a row into the position of its value.
  int64_t mask() const { return constant ? 0 : -1; }
  bool is_null_constant() const { return constant && column.is_null(0); }
};

/// A fixed-width column from its values; an empty validity means that there are no nulls.
template <class Value>
Column make_column(Type type, Buffer<Value> values, Bitmap validity) {
  struct Memory {
    Buffer<Value> values;
    Bitmap validity;
  };
  auto memory = std::make_shared<Memory>();
  Column column;
  column.type = std::move(type);
  column.length = static_cast<int64_t>(values.size());
  memory->values = std::move(values);
  memory->validity = std::move(validity);
  column.values = memory->values.data();
  if (!memory->validity.empty())
    column.validity = reinterpret_cast<const uint8_t*>(memory->validity.data());
  column.owner = std::move(memory);
  return column;
}

inline Column make_boolean_column(int64_t length, Bitmap values, Bitmap validity) {
  auto column = make_column<uint64_t>(TypeId::boolean, std::move(values), std::move(validity));
  column.length = length;
  return column;
}

/// A string or binary column.
Column make_bytes_column(Type type, Buffer<int32_t> offsets, Buffer<char> bytes, Bitmap validity);

/// The same values with another validity (empty: no nulls).
Column with_validity(Column column, Bitmap validity);

/// A column of nulls.
Column null_column(const Type& type, int64_t length);

/// The vector as one value per row.
Column spread(const Vector& vector, int64_t rows);

/// Where all of `vectors` have values, for a result of `rows` rows; empty where that is everywhere.
Bitmap common_validity(const std::vector<const Vector*>& vectors, int64_t rows);

/// The validity of one vector, spread over rows; empty where it has no nulls.
Bitmap validity_of(const Vector& vector, int64_t rows);

/// Where a boolean vector is TRUE (not FALSE, not null).
Bitmap true_rows(const Vector& vector, int64_t rows);
/// Where a boolean vector is FALSE (not TRUE, not null).
Bitmap false_rows(const Vector& vector, int64_t rows);

}  // namespace millrace

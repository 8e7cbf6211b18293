#pragma once
#include <span>

#include "millrace/batch.hpp"
#include "millrace/column_builder.hpp"

namespace millrace {

namespace detail {

template <class Value>
void gather_values(const Column& from, std::span<const uint32_t> rows, ColumnBuilder& to) {
  const auto* values = from.data<Value>();
  if (!from.may_have_nulls()) {
    to.append_values<Value>(rows.size(), [&](size_t i) { return values[rows[i]]; });
  } else {
    for (const auto row : rows) {
      if (from.is_null(row))
        to.append_null();
      else
        to.append(values[row]);
    }
  }
}

}  // namespace detail

/// The values of `from` at `rows`, in that order.
inline Column gather(const Column& from, std::span<const uint32_t> rows) {
  ColumnBuilder to(from.type);
  to.reserve(rows.size());
  switch (width_of(from.type.id)) {
    case 4:
      detail::gather_values<int32_t>(from, rows, to);
      break;
    case 8:
      detail::gather_values<int64_t>(from, rows, to);
      break;
    case 16:
      detail::gather_values<Int128>(from, rows, to);
      break;
    default:
      if (from.type.is_bytes() && !from.may_have_nulls())
        to.append_texts(rows.size(), [&](size_t i) { return from.text(rows[i]); });
      else
        for (const auto row : rows) to.append_from(from, row);
  }
  return to.finish();
}

/// The given rows of every column, in that order.
inline Batch gather(const Batch& from, std::span<const uint32_t> rows) {
  std::vector<Column> columns;
  columns.reserve(from.column_count());
  for (const auto& column : from.columns()) columns.push_back(gather(column, rows));
  return {from.shared_schema(), std::move(columns), static_cast<int64_t>(rows.size())};
}

/// The rows of several batches of one schema, one after the other.
inline Batch concatenate(std::shared_ptr<const Schema> schema, std::span<const Batch> batches) {
  if (batches.size() == 1) return batches[0];
  std::vector<Column> columns;
  int64_t length = 0;
  for (const auto& batch : batches) length += batch.size();
  for (size_t i = 0; i < schema->size(); ++i) {
    ColumnBuilder to((*schema)[i].type);
    to.reserve(static_cast<size_t>(length));
    for (const auto& batch : batches)
      for (int64_t row = 0; row < batch.size(); ++row) to.append_from(batch.column(i), row);
    columns.push_back(to.finish());
  }
  return {std::move(schema), std::move(columns), length};
}

}  // namespace millrace

#include "plugins/json/encoder.hpp"

#include "millrace/column_builder.hpp"
#include "millrace/json.hpp"

namespace millrace::json {

Encoder::Encoder(const Schema& rows, bool ignore_null_fields)
    : ignore_null_fields_(ignore_null_fields) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].hidden) continue;
    Member member{i, {}};
    append_string(rows[i].name, member.key);
    member.key += ':';
    members_.push_back(std::move(member));
  }
}

Column Encoder::encode(const Batch& rows) {
  ColumnBuilder payloads(TypeId::binary);
  payloads.reserve(static_cast<size_t>(rows.size()));
  for (int64_t row = 0; row < rows.size(); ++row) {
    row_.assign(1, '{');
    for (const auto& member : members_) {
      const auto& column = rows.column(member.column);
      if (ignore_null_fields_ && column.is_null(row)) continue;
      if (row_.size() > 1) row_ += ',';
      row_ += member.key;
      append_value(column, row, row_);
    }
    row_ += '}';
    payloads.append_bytes(row_);
  }
  return payloads.finish();
}

}  // namespace millrace::json

#include "plugins/kafka/text_column.hpp"

#include "millrace/column_builder.hpp"
#include "millrace/json.hpp"

namespace millrace::kafka {

bool can_be_key(const Type& type) {
  return !type.is_nested() && type.id != TypeId::null && type.id != TypeId::duration;
}

TextColumn::TextColumn(const Column& column) : column_(column) {
  if (column.type.is_bytes()) return;
  ColumnBuilder builder(TypeId::string);
  builder.reserve(static_cast<size_t>(column.length));
  std::string text;
  for (int64_t row = 0; row < column.length; ++row) {
    if (column.is_null(row)) {
      builder.append_null();
      continue;
    }
    text.clear();
    json::append_value(column, row, text);
    // JSON quotes dates and times.
    const std::string_view bare = text;
    builder.append_bytes(bare.starts_with('"') ? bare.substr(1, bare.size() - 2) : bare);
  }
  column_ = builder.finish();
}

}  // namespace millrace::kafka

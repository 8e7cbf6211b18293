#pragma once
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "millrace/column.hpp"

namespace millrace {

/// The same column with nulls at `rows` too. No value is copied.
inline Column with_nulls(Column column, std::span<const int64_t> rows) {
  if (rows.empty() || column.type.id == TypeId::null) return column;
  struct Memory {
    std::vector<uint8_t> validity;
    std::shared_ptr<const void> values;
  };
  auto memory = std::make_shared<Memory>();
  memory->values = std::move(column.owner);
  if (column.validity != nullptr)
    memory->validity.assign(column.validity, column.validity + bytes_for_bits(column.length));
  else
    memory->validity.assign(bytes_for_bits(column.length), 0xff);
  for (const auto row : rows) {
    auto& byte = memory->validity[static_cast<size_t>(row >> 3)];
    byte = static_cast<uint8_t>(byte & ~(1U << (row & 7)));
  }
  column.validity = memory->validity.data();
  column.owner = std::move(memory);
  return column;
}

}  // namespace millrace

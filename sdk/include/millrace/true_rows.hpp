#pragma once
#include <bit>
#include <cstdint>
#include <vector>

#include "millrace/column.hpp"

namespace millrace {

/// The rows where a boolean column is TRUE, neither FALSE nor NULL, in ascending order.
inline void true_rows(const Column& condition, std::vector<uint32_t>& rows) {
  rows.clear();
  if (condition.type.id == TypeId::null) return;
  const auto* values = condition.data<uint8_t>();
  for (int64_t first = 0; first < condition.length; first += 8) {
    unsigned bits = values[first >> 3];
    if (condition.validity != nullptr) bits &= condition.validity[first >> 3];
    // Bits after the last row are not defined.
    if (condition.length - first < 8) bits &= (1U << (condition.length - first)) - 1;
    for (; bits != 0; bits &= bits - 1)
      rows.push_back(static_cast<uint32_t>(first + std::countr_zero(bits)));
  }
}

}  // namespace millrace

#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "millrace/column.hpp"

namespace millrace {

/// A field of a structure, null wherever the structure is.
inline Column field_of(const Column& structure, size_t field) {
  Column child = structure.children[field];
  if (child.owner == nullptr) child.owner = structure.owner;
  if (structure.validity == nullptr || child.type.id == TypeId::null) return child;
  struct Memory {
    std::vector<uint8_t> validity;
    std::shared_ptr<const void> values;
  };
  auto memory = std::make_shared<Memory>();
  const size_t size = bytes_for_bits(structure.length);
  memory->validity.assign(structure.validity, structure.validity + size);
  if (child.validity != nullptr)
    for (size_t i = 0; i < size; ++i)
      memory->validity[i] = static_cast<uint8_t>(memory->validity[i] & child.validity[i]);
  memory->values = std::move(child.owner);
  child.validity = memory->validity.data();
  child.owner = std::move(memory);
  return child;
}

}  // namespace millrace

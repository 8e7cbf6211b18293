#pragma once
#include "millrace/structure.hpp"

// Windows as values: a structure of the timestamps `start` and `end`.
namespace millrace::window {

inline Type window_type() {
  return {TypeId::structure, {{"start", TypeId::timestamp}, {"end", TypeId::timestamp}}};
}

inline constexpr size_t window_end_field = 1;

inline bool is_window(const Type& type) { return type == window_type(); }

}  // namespace millrace::window

#pragma once
#include "core/expression/function.hpp"

namespace millrace {

/// Adds sequence(start, stop, step).
void add_sequence(FunctionList& list);

}  // namespace millrace

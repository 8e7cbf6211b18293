#pragma once
#include "core/expression/function.hpp"

namespace millrace {

/// year, month, hour, ..., and extract.
void add_time_parts(FunctionList& list);

}  // namespace millrace

#pragma once
#include "core/expression/function.hpp"

namespace millrace {

/// Angles, logarithms' hyperbolic relatives, and the constants of mathematics.
void add_trigonometry(FunctionList& list);

/// Whole numbers by their bits and digits.
void add_bits(FunctionList& list);

}  // namespace millrace

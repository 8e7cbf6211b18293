#pragma once
#include <string_view>

#include "core/expression/node.hpp"

namespace millrace {

enum class Comparison { equal, unequal, less, less_equal, greater, greater_equal, same };

/// Compares two columns of one type. `same` is <=>: never null, and null is the same as null. NaN
/// equals NaN and is larger than every other number; -0.0 equals 0.0. Nothing for types that have
/// no order (nested ones).
NodePtr make_comparison(Comparison comparison, const NodePtr& left, const NodePtr& right);

}  // namespace millrace

#pragma once
#include "core/expression/arithmetic_node.hpp"

namespace millrace {

enum class DecimalOperation { add, subtract, multiply, divide, divide_whole, remainder, positive };

/// Arithmetic of two decimals, each with its own digits behind the point, by Spark's rules for the
/// digits of the result. `divide_whole` gives a long.
NodePtr make_decimal_arithmetic(DecimalOperation operation, const NodePtr& left,
                                const NodePtr& right, OnFailure on_failure);

}  // namespace millrace

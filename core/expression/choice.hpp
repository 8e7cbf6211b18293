#pragma once
#include <vector>

#include "core/expression/node.hpp"

namespace millrace {

/// CASE: arguments are condition, value, condition, value, ..., and perhaps a last value. A value
/// is only evaluated for (can only raise an error for) the rows that take it.
NodePtr make_case(Type type, std::vector<NodePtr> arguments);

/// The first value that is not null.
NodePtr make_coalesce(Type type, std::vector<NodePtr> arguments);

}  // namespace millrace

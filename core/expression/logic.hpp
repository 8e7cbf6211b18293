#pragma once
#include <vector>

#include "core/expression/node.hpp"

namespace millrace {

// Three-valued logic, 64 rows at a time. What stands behind in an AND or OR cannot raise an error
// for rows that are decided before.
NodePtr make_and(std::vector<NodePtr> conditions);
NodePtr make_or(std::vector<NodePtr> conditions);
NodePtr make_not(NodePtr condition);

/// What a test that is never null asks.
enum class Test { null, not_null, true_value, false_value };
NodePtr make_test(Test test, NodePtr value);

}  // namespace millrace

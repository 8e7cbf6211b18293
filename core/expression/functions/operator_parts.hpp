#pragma once
#include <string>

#include "core/expression/function.hpp"

// What operators.cpp is made of.
namespace millrace {

inline void expect_arguments(const Binding& binding, size_t count) {
  if (binding.arguments.size() != count)
    binding.fail("`" + binding.name() + "` takes " + std::to_string(count) + " arguments, not " +
                 std::to_string(binding.arguments.size()));
}

/// =, <>, <, <=, >, >= and <=>.
void add_comparisons(FunctionList& list);

}  // namespace millrace

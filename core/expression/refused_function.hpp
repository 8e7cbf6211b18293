#pragma once
#include "core/expression/ast.hpp"

namespace millrace {

/// Throws what is to be said about a call of a function that there is not: an aggregate in the
/// wrong place, a function whose results would not be the same on a replay, or a name to suggest.
[[noreturn]] void refuse_function(const AstNode& ast);

/// Refuses a name that stands for what has no place in a stream, the current time among it; does
/// nothing for others.
void refuse_known(const std::string& name, size_t begin, size_t end);

}  // namespace millrace

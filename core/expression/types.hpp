#pragma once
#include <string_view>

#include "millrace/type.hpp"

#include "core/expression/expression_error.hpp"

namespace millrace {

/// A type as schemas and casts spell it: "long", "bigint", "array<string>", "struct<a: int>".
/// Throws ExpressionError with the place in the text.
Type parse_type(std::string_view text);

}  // namespace millrace

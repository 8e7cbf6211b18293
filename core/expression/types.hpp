#pragma once
#include <string>
#include <string_view>

#include "millrace/type.hpp"

#include "core/expression/expression_error.hpp"

namespace millrace {

/// A type as schemas and casts spell it: "long", "bigint", "decimal(10,2)", "array<string>",
/// "struct<a: int>". Throws ExpressionError with the place in the text.
Type parse_type(std::string_view text);

/// What is wrong with decimal(precision, scale), and how it is right; "" where nothing is.
std::string decimal_problem(int precision, int scale);
std::string decimal_help();

}  // namespace millrace

#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/ast.hpp"
#include "core/expression/expression_error.hpp"

namespace millrace {

/// One aggregate as written: "sum(value * 2) FILTER (WHERE value > 0)". Whether there is such an
/// aggregate, and whether it takes these arguments, is for the plan to say.
struct AggregateCall {
  std::string function;  ///< in lower case
  bool distinct = false;
  bool star = false;  ///< count(*)
  std::vector<Ast> arguments;
  std::optional<Ast> filter;
  size_t begin = 0;  ///< of the function's name in the text
  size_t end = 0;
  std::string text;
};

/// Parses a text that is one aggregate call, with or without FILTER. Throws ExpressionError.
AggregateCall parse_aggregate(std::string_view text);

}  // namespace millrace

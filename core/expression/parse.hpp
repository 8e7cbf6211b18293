#pragma once
#include <string>
#include <string_view>

#include "core/expression/ast.hpp"
#include "core/expression/expression_error.hpp"

namespace millrace {

/// Parses one SQL expression. Throws ExpressionError with the place in the text.
Ast parse(std::string_view text);

/// An expression and the name of its column.
struct NamedAst {
  Ast ast;
  std::string name;
};

/// Parses "expr AS name" or a bare column, which is its own name. Throws ExpressionError, also
/// where an expression has no name.
NamedAst parse_named(std::string_view text);

/// The most bytes that one expression may have.
inline constexpr size_t expression_bytes_max = 64 * 1024;
/// How deep calls and operators may nest.
inline constexpr int expression_depth_max = 500;

}  // namespace millrace

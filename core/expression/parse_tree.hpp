#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/expression/ast.hpp"

namespace millrace {

/// An item of a SELECT list: an expression with perhaps a name, or an aggregate call's extras.
struct ParsedItem {
  Ast ast;
  std::optional<std::string> name;
  bool star = false;      ///< f(*)
  bool distinct = false;  ///< f(DISTINCT x)
  std::optional<Ast> filter;
};

enum class Allow {
  expression,  ///< f(*), DISTINCT and FILTER are errors
  aggregate    ///< the outermost call may have them
};

/// Runs PostgreSQL's parser on `SELECT <text>` and translates the tree of its single item.
ParsedItem parse_item(std::string_view text, Allow allow);

}  // namespace millrace

#include "core/expression/parse.hpp"

#include "core/expression/parse_tree.hpp"

namespace millrace {

Ast parse(std::string_view text) {
  auto item = parse_item(text, Allow::expression);
  if (item.name)
    throw ExpressionError(ExpressionError::Kind::syntax, "an expression has no name here", 0,
                          text.size(), "leave out AS " + *item.name);
  return std::move(item.ast);
}

NamedAst parse_named(std::string_view text) {
  auto item = parse_item(text, Allow::expression);
  if (item.name) return {std::move(item.ast), *item.name};
  const auto& root = item.ast.root();
  if (root.kind == AstNode::Kind::column) return {item.ast, root.path.back()};
  throw ExpressionError(ExpressionError::Kind::syntax, "the expression needs a name", root.begin,
                        root.end, "write `" + item.ast.text() + " AS name`");
}

}  // namespace millrace

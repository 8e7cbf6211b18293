#include "core/expression/ast.hpp"

#include <algorithm>
#include <cctype>

namespace millrace {

namespace {

void collect_conjuncts(const Ast& ast, const AstPointer& node, std::vector<Ast>& to) {
  if (node->kind == AstNode::Kind::call && node->function == "and") {
    for (const auto& argument : node->arguments) collect_conjuncts(ast, argument, to);
  } else {
    to.push_back(ast.part(node));
  }
}

void collect_names(const AstNode& node, std::set<std::string>& to) {
  if (node.kind == AstNode::Kind::column) to.insert(node.path.front());
  for (const auto& argument : node.arguments) collect_names(*argument, to);
}

bool same_path(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const std::string& a, const std::string& b) {
                      return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
                        return std::tolower(static_cast<unsigned char>(x)) ==
                               std::tolower(static_cast<unsigned char>(y));
                      });
                    });
}

bool same_node(const AstNode& left, const AstNode& right) {
  return left.kind == right.kind && left.value == right.value && left.type == right.type &&
         same_path(left.path, right.path) && left.function == right.function &&
         std::equal(left.arguments.begin(), left.arguments.end(), right.arguments.begin(),
                    right.arguments.end(),
                    [](const AstPointer& a, const AstPointer& b) { return same_node(*a, *b); });
}

}  // namespace

std::vector<Ast> conjuncts(const Ast& ast) {
  std::vector<Ast> found;
  collect_conjuncts(ast, ast.pointer(), found);
  return found;
}

std::set<std::string> column_names(const Ast& ast) {
  std::set<std::string> names;
  collect_names(ast.root(), names);
  return names;
}

std::string column_name(const Ast& ast) {
  const auto& root = ast.root();
  return root.kind == AstNode::Kind::column && root.path.size() == 1 ? root.path[0] : "";
}

std::string to_sql(const Ast& ast) { return ast.text(); }

bool same_expression(const Ast& left, const Ast& right) {
  return same_node(left.root(), right.root());
}

}  // namespace millrace

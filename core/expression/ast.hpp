#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "millrace/type.hpp"

namespace millrace {

/// A literal `interval '...'`. Months have no fixed length, so they stay apart.
struct Interval {
  int64_t months = 0;
  int64_t microseconds = 0;

  bool operator==(const Interval&) const = default;
};

/// One node of a parsed expression. Operators are calls: "+", "and", "case", "in", "is null".
struct AstNode {
  enum class Kind { literal, column, call };

  Kind kind = Kind::literal;
  /// literal: null (monostate), boolean, int or long (see `type`), double, string, interval; a
  /// decimal by its digits, as a string.
  std::variant<std::monostate, bool, int64_t, double, std::string, Interval> value;
  /// literal: its type. Call of "cast" or "try_cast": the type that is cast to.
  Type type;
  /// column: its name, then the names of fields within it, as written.
  std::vector<std::string> path;
  /// call: the function in lower case.
  std::string function;
  std::vector<std::shared_ptr<const AstNode>> arguments;
  /// The bytes of the expression's text that this node was made from.
  size_t begin = 0;
  size_t end = 0;
};

using AstPointer = std::shared_ptr<const AstNode>;

/// A parsed expression that is not bound to columns yet. Immutable; copying one is cheap.
class Ast {
 public:
  Ast() = default;
  Ast(AstPointer root, std::shared_ptr<const std::string> text)
      : root_(std::move(root)), text_(std::move(text)) {}

  explicit operator bool() const { return root_ != nullptr; }
  const AstNode& root() const { return *root_; }
  const AstPointer& pointer() const { return root_; }
  /// The whole text it was parsed from; positions count in it.
  const std::string& source() const { return *text_; }
  const std::shared_ptr<const std::string>& shared_source() const { return text_; }
  /// The part of the text that is this expression.
  std::string text() const { return text_->substr(root_->begin, root_->end - root_->begin); }
  /// A part of this expression as an expression of its own.
  Ast part(AstPointer node) const { return {std::move(node), text_}; }

 private:
  AstPointer root_;
  std::shared_ptr<const std::string> text_;
};

/// The conditions that top-level ANDs join; the expression itself where there are none.
std::vector<Ast> conjuncts(const Ast& ast);

/// The names of all columns that are mentioned, as written (a struct's name, not its fields').
std::set<std::string> column_names(const Ast& ast);

/// The column's name where the expression is nothing but a column, otherwise "".
std::string column_name(const Ast& ast);

/// The expression as it was written.
std::string to_sql(const Ast& ast);

/// Says whether two expressions are the same but for blanks, case of keywords and parentheses.
bool same_expression(const Ast& left, const Ast& right);

}  // namespace millrace

#pragma once
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/expression/parse.hpp"
#include "core/plan/join_condition.hpp"

namespace millrace {

/// Parses a condition over two inputs, in which columns may be named `left.x` and `right.x` though
/// these words are reserved in PostgreSQL's grammar.
Ast parse_join(std::string_view text);

/// The names of columns in a condition over two inputs.
class JoinNames {
 public:
  explicit JoinNames(const std::array<JoinSide, 2>& sides) : sides_(sides) {}

  /// The same expression with every column under its qualified name. Throws ExpressionError for a
  /// column that neither input has, or both.
  AstPointer resolve(const AstPointer& written) const;

  // Of resolved expressions:
  static std::string qualified(size_t side, const std::string& column);
  /// The input and the position of a column.
  std::pair<size_t, int> find(const AstNode& column) const;
  /// The one input that it reads, if it is one.
  std::optional<size_t> only_side(const AstNode& node) const;
  /// The expression with columns under the names that their input has for them.
  AstPointer of_one_side(const AstPointer& resolved) const;
  void collect(const AstNode& node, std::set<std::string>& names) const;

 private:
  std::pair<size_t, size_t> qualifier(const AstNode& column) const;
  [[noreturn]] void unknown(const AstNode& column) const;
  [[noreturn]] void ambiguous(const AstNode& column) const;

  const std::array<JoinSide, 2>& sides_;
};

}  // namespace millrace

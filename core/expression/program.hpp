#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/buffer.hpp"

#include "core/expression/ast.hpp"
#include "core/expression/expression_error.hpp"

namespace millrace {

class Node;

/// What an expression means beyond its text.
struct Options {
  bool ansi = true;               ///< overflow, division by zero and bad casts are errors
  std::string time_zone = "UTC";  ///< of date parts and of text without a zone
};

/// An expression bound to the columns of a schema: typed, and ready to evaluate batches of that
/// schema from any number of threads.
class Program {
 public:
  Program(std::shared_ptr<const Node> root, std::vector<int> columns);

  const Type& type() const;
  /// The positions of the columns it reads, in ascending order.
  const std::vector<int>& columns() const { return columns_; }
  bool is_constant() const;
  /// The position of the column where the expression is nothing else, otherwise -1.
  int as_column() const;

  /// A value for each row. A bare column is returned as it is. Throws Error::data where ANSI rules
  /// make a row an error.
  Column evaluate(const Batch& batch) const;

 private:
  friend void evaluate_filter(const Program&, const Batch&, Buffer<uint32_t>&);

  std::shared_ptr<const Node> root_;  // Shared with copies of the program; immutable.
  std::vector<int> columns_;
};

/// Binds names and types. Throws ExpressionError where that fails.
std::shared_ptr<const Program> bind(const Ast& ast, const Schema& schema, const Options& options);

/// The same for a condition: throws ExpressionError unless it is boolean.
std::shared_ptr<const Program> bind_condition(const Ast& ast, const Schema& schema,
                                              const Options& options);

/// Replaces `selected` by the rows where the condition is TRUE, in ascending order.
void evaluate_filter(const Program& condition, const Batch& batch, Buffer<uint32_t>& selected);

}  // namespace millrace

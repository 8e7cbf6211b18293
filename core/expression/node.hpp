#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/batch.hpp"

#include "core/expression/ast.hpp"
#include "core/expression/session.hpp"
#include "core/expression/vector.hpp"

namespace millrace {

/// The rows that an expression is evaluated for.
struct Frame {
  const Batch& batch;
  int64_t rows;
  /// A bit a row: rows that are not active (a branch of CASE that they do not take) get some value,
  /// but never raise an error. No pointer: all rows are active.
  const uint64_t* active = nullptr;

  bool is_active(int64_t row) const { return active == nullptr || bit_at(active, row); }
  bool any_active() const;
  Frame narrowed(const Bitmap& to) const { return {batch, rows, to.data()}; }
};

class Node;
using NodePtr = std::shared_ptr<Node>;  // Shared while it is bound, immutable afterwards.

/// One step of a bound expression. Immutable once bound; evaluated by many threads.
class Node {
 public:
  explicit Node(Type result, std::vector<NodePtr> inputs = {});
  virtual ~Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const Type& type() const { return type_; }
  const std::vector<NodePtr>& arguments() const { return arguments_; }
  /// The same value for every row, whatever the batch.
  bool constant() const { return constant_; }
  /// Evaluating it, or something below it, may throw.
  bool may_fail() const { return may_fail_; }

  /// A value for each row of the frame, or one for all.
  Vector evaluate(const Frame& frame) const;

  /// Where it stands in the text, for messages.
  void set_place(const AstNode& ast, std::shared_ptr<const std::string> source);
  size_t begin() const { return begin_; }
  size_t end() const { return end_; }
  std::string text() const;

 protected:
  /// Called with at least one active row; constant nodes are called for one row.
  virtual Vector compute(const Frame& frame) const = 0;

  void set_may_fail() { may_fail_ = true; }
  void set_not_constant() { constant_ = false; }
  std::vector<Vector> evaluate_arguments(const Frame& frame) const;
  [[noreturn]] void fail(int64_t row, const std::string& message) const;

 private:
  Type type_;
  std::vector<NodePtr> arguments_;
  bool constant_ = true;
  bool may_fail_ = false;
  std::shared_ptr<const std::string> source_;  // The expression's text, shared by its nodes.
  size_t begin_ = 0;
  size_t end_ = 0;
};

/// A literal, or what constant folding made of a larger expression.
class ConstantNode final : public Node {
 public:
  ConstantNode(Column value, std::optional<Interval> interval = {});

  const Column& value() const { return value_; }
  bool is_null() const { return value_.is_null(0); }
  /// The literal interval, whose months a column cannot hold.
  const std::optional<Interval>& interval() const { return interval_; }

 protected:
  Vector compute(const Frame& frame) const override;

 private:
  Column value_;
  std::optional<Interval> interval_;
};

/// A column of the batch.
class ColumnNode final : public Node {
 public:
  ColumnNode(int position, Type column_type);
  int position() const { return position_; }

 protected:
  Vector compute(const Frame& frame) const override;

 private:
  int position_;
};

/// A field of a structure.
class FieldNode final : public Node {
 public:
  FieldNode(const NodePtr& structure, size_t field);

 protected:
  Vector compute(const Frame& frame) const override;

 private:
  size_t field_;
};

/// The value of a constant node, nothing for others.
const ConstantNode* as_constant(const Node& node);
/// The string of a constant string node; nothing where it is null or not constant.
std::optional<std::string> constant_text(const Node& node);

NodePtr make_null(const Type& type);
NodePtr make_text(std::string_view text);

}  // namespace millrace

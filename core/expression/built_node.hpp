#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "core/expression/node.hpp"
#include "core/expression/row_value.hpp"

// Turns a C++ function into a node where values have types that row functions (row_node.hpp) cannot
// take or give: lists, structures, values of any type. The function is called for each row with the
// values of that row and the builder of the result, and appends one value.
namespace millrace {

/// The values of one row: argument i is value at(i) of column(i).
struct Cells {
  const std::vector<Vector>& values;
  const Session& session;
  int64_t row;

  size_t count() const { return values.size(); }
  const Column& column(size_t i) const { return values[i].column; }
  int64_t at(size_t i) const { return row & values[i].mask(); }
  bool is_null(size_t i) const { return column(i).is_null(at(i)); }
  std::string_view text(size_t i) const { return column(i).text(at(i)); }
  int32_t int32(size_t i) const { return column(i).int32(at(i)); }
  bool boolean(size_t i) const { return column(i).boolean(at(i)); }
};

/// The items of a list value.
struct Items {
  const Column& column;
  int32_t begin;
  int32_t end;

  Items(const Cells& cells, size_t argument)
      : column(cells.column(argument).children[0]),
        begin(cells.column(argument).offsets[cells.at(argument)]),
        end(cells.column(argument).offsets[cells.at(argument) + 1]) {}
  int32_t count() const { return end - begin; }
};

/// Which nulls the function wants to see; for all others the result is null.
enum class Nulls { hidden, seen };

template <class Append>
class BuiltNode final : public Node {
 public:
  BuiltNode(Type result, std::vector<NodePtr> inputs, std::shared_ptr<const Session> session,
            Nulls nulls, Append append)
      : Node(std::move(result), std::move(inputs)),
        session_(std::move(session)),
        nulls_(nulls),
        append_(std::move(append)) {
    set_may_fail();
  }

 protected:
  Vector compute(const Frame& frame) const override {
    const auto values = evaluate_arguments(frame);
    Bitmap validity;
    if (nulls_ == Nulls::hidden) {
      std::vector<const Vector*> all;
      all.reserve(values.size());
      for (const auto& value : values) all.push_back(&value);
      validity = common_validity(all, frame.rows);
    }
    ColumnBuilder builder(type());
    builder.reserve(static_cast<size_t>(frame.rows));
    for (int64_t row = 0; row < frame.rows; ++row) {
      if ((!validity.empty() && !bit_at(validity.data(), row)) || !frame.is_active(row)) {
        builder.append_null();
        continue;
      }
      try {
        append_(Cells{values, *session_, row}, builder);
      } catch (const RowError& error) {
        fail(row, error.message);
      }
    }
    return {builder.finish(), false};
  }

 private:
  std::shared_ptr<const Session> session_;  // Shared by the nodes of a program.
  Nulls nulls_;
  Append append_;
};

template <class Append>
NodePtr make_built(Type result, std::vector<NodePtr> arguments,
                   const std::shared_ptr<const Session>& session, Nulls nulls, Append append) {
  return std::make_shared<BuiltNode<Append>>(std::move(result), std::move(arguments), session,
                                             nulls, std::move(append));
}

}  // namespace millrace

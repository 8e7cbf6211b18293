#include "core/expression/list_cast.hpp"

namespace millrace {

namespace {

/// Evaluates the cast of the items over the items of all rows at once, as a batch of one column.
class ListCastNode final : public Node {
 public:
  ListCastNode(NodePtr from, Type to, NodePtr item)
      : Node(std::move(to), {std::move(from)}), item_(std::move(item)) {
    if (item_->may_fail()) set_may_fail();
  }

 protected:
  Vector compute(const Frame& frame) const override {
    auto value = arguments()[0]->evaluate(frame);
    const Column items = value.column.children.at(0);
    const Batch batch(std::make_shared<const Schema>(Schema{value.column.type.children}), {items},
                      items.length);
    const Bitmap active = active_items(frame, value);
    const Vector cast = item_->evaluate({batch, items.length, active.data()});
    value.column.children[0] = spread(cast, items.length);
    if (value.column.children[0].owner == nullptr)
      value.column.children[0].owner = value.column.owner;
    value.column.type = type();
    return value;
  }

 private:
  /// The items of rows that count: an error in any other is none.
  static Bitmap active_items(const Frame& frame, const Vector& value) {
    Bitmap active = filled_bitmap(value.column.children[0].length, false);
    const int64_t rows = value.constant ? 1 : frame.rows;
    for (int64_t row = 0; row < rows; ++row) {
      if (value.column.is_null(row) || (!value.constant && !frame.is_active(row))) continue;
      for (int32_t i = value.column.offsets[row]; i < value.column.offsets[row + 1]; ++i)
        set_bit(active.data(), i);
    }
    return active;
  }

  NodePtr item_;
};

}  // namespace

NodePtr make_list_cast(const NodePtr& from, const Type& to, CastMode mode,
                       const std::shared_ptr<const Session>& session) {
  const Type& item = from->type().children.at(0).type;
  const auto column = std::make_shared<ColumnNode>(0, item);
  auto cast = make_cast(column, to.children.at(0).type, mode, session);
  if (cast == nullptr) return nullptr;
  return std::make_shared<ListCastNode>(from, to, std::move(cast));
}

}  // namespace millrace

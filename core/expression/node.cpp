#include "core/expression/node.hpp"

namespace millrace {

bool Frame::any_active() const {
  if (active == nullptr) return rows > 0;
  for (size_t i = 0; i < words_for(rows); ++i)
    if (active[i] != 0) return true;
  return false;
}

Node::Node(Type result, std::vector<NodePtr> inputs)
    : type_(std::move(result)), arguments_(std::move(inputs)) {
  for (const auto& argument : arguments_) {
    constant_ = constant_ && argument->constant();
    may_fail_ = may_fail_ || argument->may_fail();
  }
}

Vector Node::evaluate(const Frame& frame) const {
  if (!constant_) return compute(frame);
  if (may_fail_ && !frame.any_active()) return {null_column(type_, 1), true};
  auto result = compute({frame.batch, 1});
  result.constant = true;
  return result;
}

void Node::set_place(const AstNode& ast, std::shared_ptr<const std::string> source) {
  begin_ = ast.begin;
  end_ = ast.end;
  source_ = std::move(source);
}

std::string Node::text() const {
  return source_ == nullptr ? "" : source_->substr(begin_, end_ - begin_);
}

std::vector<Vector> Node::evaluate_arguments(const Frame& frame) const {
  std::vector<Vector> values;
  values.reserve(arguments_.size());
  for (const auto& argument : arguments_) values.push_back(argument->evaluate(frame));
  return values;
}

void Node::fail(int64_t row, const std::string& message) const {
  const auto where = text();
  throw Error::data("row " + std::to_string(row) + (where.empty() ? "" : ": `" + where + "`") +
                    ": " + message);
}

ConstantNode::ConstantNode(Column value, std::optional<Interval> interval)
    : Node(value.type), value_(std::move(value)), interval_(interval) {}

Vector ConstantNode::compute(const Frame&) const { return {value_, true}; }

ColumnNode::ColumnNode(int position, Type column_type)
    : Node(std::move(column_type)), position_(position) {
  set_not_constant();
}

Vector ColumnNode::compute(const Frame& frame) const {
  return {frame.batch.column(static_cast<size_t>(position_)), false};
}

FieldNode::FieldNode(const NodePtr& structure, size_t field)
    : Node(structure->type().children.at(field).type, {structure}), field_(field) {}

Vector FieldNode::compute(const Frame& frame) const {
  const auto value = arguments()[0]->evaluate(frame);
  Vector result{value.column.children.at(field_), value.constant};
  if (result.column.owner == nullptr) result.column.owner = value.column.owner;
  if (value.column.validity == nullptr || type().id == TypeId::null) return result;
  const std::vector<const Vector*> both{&value, &result};
  result.column =
      with_validity(std::move(result.column), common_validity(both, value.column.length));
  return result;
}

const ConstantNode* as_constant(const Node& node) {
  return dynamic_cast<const ConstantNode*>(&node);
}

std::optional<std::string> constant_text(const Node& node) {
  const auto* constant = as_constant(node);
  if (constant == nullptr || constant->is_null() || !constant->type().is_bytes())
    return std::nullopt;
  return std::string(constant->value().text(0));
}

NodePtr make_null(const Type& type) { return std::make_shared<ConstantNode>(null_column(type, 1)); }

NodePtr make_text(std::string_view text) {
  ColumnBuilder builder(TypeId::string);
  builder.append_bytes(text);
  return std::make_shared<ConstantNode>(builder.finish());
}

}  // namespace millrace

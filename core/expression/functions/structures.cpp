#include "core/expression/built_node.hpp"
#include "core/expression/function.hpp"

// Structs made of values, and what is read out of those that windows are.
namespace millrace {

namespace {

constexpr int64_t window_fields = 2;

NodePtr make_struct(const Binding& binding, std::vector<Field> fields,
                    std::vector<NodePtr> values) {
  return make_built(Type(TypeId::structure, std::move(fields)), std::move(values), binding.session,
                    Nulls::seen, [](const Cells& cells, ColumnBuilder& to) {
                      for (size_t i = 0; i < cells.count(); ++i)
                        to.child(i).append_from(cells.column(i), cells.at(i));
                      to.end_nested();
                    });
}

NodePtr bind_struct(Binding& binding) {
  if (binding.arguments.empty()) binding.fail("`struct` takes values");
  std::vector<Field> fields;
  for (size_t i = 0; i < binding.arguments.size(); ++i) {
    const auto& argument = *binding.ast.arguments[i];
    fields.push_back({argument.kind == AstNode::Kind::column ? argument.path.back()
                                                             : "col" + std::to_string(i + 1),
                      binding.arguments[i]->type()});
  }
  return make_struct(binding, std::move(fields), binding.arguments);
}

NodePtr bind_named_struct(Binding& binding) {
  if (binding.arguments.empty() || binding.arguments.size() % 2 != 0)
    binding.fail("`named_struct` takes a name before each value");
  std::vector<Field> fields;
  std::vector<NodePtr> values;
  for (size_t i = 0; i < binding.arguments.size(); i += 2) {
    const auto name = constant_text(*binding.arguments[i]);
    if (!name) binding.fail_at(i, "the name of a field must be a literal text");
    fields.push_back({*name, binding.arguments[i + 1]->type()});
    values.push_back(binding.arguments[i + 1]);
  }
  return make_struct(binding, std::move(fields), std::move(values));
}

NodePtr bind_window_time(Binding& binding) {
  const auto* type = binding.arguments.size() == 1 ? &binding.arguments[0]->type() : nullptr;
  const bool is_window = type != nullptr && type->id == TypeId::structure &&
                         type->children.size() == window_fields &&
                         type->children[1].type.id == TypeId::timestamp;
  if (!is_window)
    binding.fail("`window_time` takes a window",
                 "a transform of type = \"add_window\" puts a column `window` in front");
  return make_built(TypeId::timestamp, binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      const auto& ends = cells.column(0).children[1];
                      if (ends.is_null(cells.at(0))) return to.append_null();
                      to.append(ends.int64(cells.at(0)) - 1);
                    });
}

}  // namespace

void add_structures(FunctionList& list) {
  list.push_back({.names = {"struct"},
                  .family = Family::structure,
                  .usage = "struct(a, b, ...)",
                  .help = "A struct of the values; its fields are named as the columns, or col1, "
                          "col2 and so on.",
                  .examples = {{"(struct(1, 'a')).col2", "'a'"}},
                  .overloads = {},
                  .bind = bind_struct});
  list.push_back({.names = {"named_struct"},
                  .family = Family::structure,
                  .usage = "named_struct('name', value, ...)",
                  .help = "A struct of the values with names for its fields.",
                  .examples = {{"named_struct('x', 1, 'y', NULL)", "{x: 1, y: null}"},
                               {"(named_struct('x', 1)).x", "1"}},
                  .overloads = {},
                  .bind = bind_named_struct});
  list.push_back(
      {.names = {"window_time"},
       .family = Family::structure,
       .usage = "window_time(window)",
       .help = "The event time that a window stands for: a microsecond before its end.",
       .examples = {{"window_time(named_struct('start', timestamp '2024-01-01 00:00:00', "
                     "'end', timestamp '2024-01-01 00:01:00'))",
                     "2024-01-01 00:00:59.999999"}},
       .overloads = {},
       .bind = bind_window_time});
}

}  // namespace millrace

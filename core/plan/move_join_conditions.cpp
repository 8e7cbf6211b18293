// What a join's condition says of one input alone, and that what it compares is not NULL, holds for
// every row that can match. Where other rows of that input are of no use (the transform says so),
// Spark drops them as early as it can: in front of the watermark, if they do not use its column.
#include <algorithm>

#include "core/expression/parse.hpp"
#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

size_t readers_of(const Config& config, size_t component) {
  size_t readers = 0;
  for (const auto& other : config.components)
    readers += static_cast<size_t>(
        std::count_if(other.edges.begin(), other.edges.end(),
                      [&](const auto& edge) { return edge.component == component; }));
  return readers;
}

Ast is_not_null(const std::string& column) {
  std::string quoted = "\"";
  for (const char letter : column) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return parse(quoted + "\" IS NOT NULL");
}

AstPointer renamed(const AstPointer& from, const std::map<std::string, std::string>& names) {
  auto node = std::make_shared<AstNode>(*from);
  if (node->kind == AstNode::Kind::column) node->path[0] = names.at(node->path[0]);
  for (auto& argument : node->arguments) argument = renamed(argument, names);
  return node;
}

// The columns of a select that are nothing but columns of its input, by their new names.
std::map<std::string, std::string> plain_columns(const Value& columns) {
  std::map<std::string, std::string> plain;
  const auto note = [&](const std::string& name, const Ast& ast) {
    if (const auto column = column_name(ast); !column.empty()) plain[name] = column;
  };
  if (const auto* table = columns.as_table()) {
    for (const auto& entry : table->entries)
      if (const auto* text = entry.value.as_text()) note(entry.key, parse(text->text));
  } else if (const auto* list = columns.as_array()) {
    for (const auto& item : *list)
      if (const auto* text = item.as_text()) {
        const auto named = parse_named(text->text);
        note(named.name, named.ast);
      }
  }
  return plain;
}

bool are_among(const std::set<std::string>& names, const std::set<std::string>& known) {
  return std::includes(known.begin(), known.end(), names.begin(), names.end());
}

// The condition as it is in front of a transform, or nothing where it has to stay behind.
std::optional<Ast> in_front_of(const Component& transform, const Ast& condition) {
  const auto names = column_names(condition);
  const auto* options = transform.options.as_table();
  if (transform.type.value == "add_window")
    return names.contains("window") ? std::nullopt : std::optional(condition);
  if (transform.type.value != "select") {
    const auto keys = bare_keys(transform);
    return keys.empty() || !are_among(names, keys) ? std::nullopt : std::optional(condition);
  }
  const auto* columns = options == nullptr ? nullptr : options->find("columns");
  if (columns == nullptr) return condition;
  const auto plain = plain_columns(columns->value);
  for (const auto& name : names)
    if (!plain.contains(name)) return std::nullopt;
  return Ast(renamed(condition.pointer(), plain), condition.shared_source());
}

void move_up(const Config& config, Ast condition, size_t at, MovedConditions& moved) {
  while (readers_of(config, at) == 1) {
    const auto& component = config.components[at];
    if (component.watermark) {
      if (!column_names(condition).contains(component.watermark->column.value))
        moved.by_watermark[component.name].push_back({condition, nullptr});
      return;
    }
    if (component.kind != ComponentKind::transform || component.edges.size() != 1 ||
        !component.edges[0].output.empty())
      return;
    const auto earlier = in_front_of(component, condition);
    if (!earlier) return;
    condition = *earlier;
    at = component.edges[0].component;
  }
}

}  // namespace

void move_join_conditions(const Plan& plan, const std::map<size_t, JoinParts>& joins,
                          MovedConditions& moved) {
  for (const auto& [position, parts] : joins) {
    const auto& node = plan.nodes[position];
    const auto droppable = node.transform->handle->binding().droppable_inputs;
    const auto* component = plan.config.find(node.name);
    for (size_t side = 0; side < 2; ++side) {
      if ((droppable >> side & 1U) == 0) continue;
      auto conditions = parts.own[side];
      for (const auto column : parts.never_null[side])
        conditions.push_back(
            is_not_null((*node.streams[side].schema)[static_cast<size_t>(column)].name));
      for (const auto& condition : conditions)
        move_up(plan.config, condition, component->edges[side].component, moved);
    }
  }
}

}  // namespace millrace

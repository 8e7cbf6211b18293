#include "core/plan/move_up.hpp"

#include <algorithm>

#include "core/expression/column_name.hpp"
#include "core/expression/parse.hpp"

namespace millrace {
namespace {

const Value* option(const Component& component, std::string_view name) {
  const auto* table = component.options.as_table();
  const auto* entry = table == nullptr ? nullptr : table->find(name);
  return entry == nullptr ? nullptr : &entry->value;
}

using Definitions = std::map<std::string, Ast>;

// What the columns of a select, or the keys of an aggregation, are made of, by their names.
Definitions definitions(const Value& columns) {
  Definitions found;
  if (const auto* table = columns.as_table())
    for (const auto& entry : table->entries)
      if (const auto* text = entry.value.as_text())
        found.insert_or_assign(entry.key, parse(text->text));
  if (const auto* text = columns.as_text()) {
    const auto named = parse_named(text->text);
    found.insert_or_assign(named.name, named.ast);
  }
  if (const auto* list = columns.as_array())
    for (const auto& item : *list) found.merge(definitions(item));
  return found;
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char letter : name) text += letter == '"' ? "\"\"" : std::string(1, letter);
  return text + "\"";
}

void find_columns(const AstNode& node, std::vector<const AstNode*>& columns) {
  if (node.kind == AstNode::Kind::column) columns.push_back(&node);
  for (const auto& argument : node.arguments) find_columns(*argument, columns);
}

// The condition with each column replaced by what it is made of; nothing where one is not known.
std::optional<Ast> replaced(const Ast& condition, const Definitions& by) {
  std::vector<const AstNode*> columns;
  find_columns(condition.root(), columns);
  std::sort(columns.begin(), columns.end(),
            [](const auto* a, const auto* b) { return a->begin < b->begin; });
  std::string text;
  size_t at = condition.root().begin;
  for (const auto* column : columns) {
    const auto made_of = by.find(column->path[0]);
    if (made_of == by.end()) return std::nullopt;
    text += condition.source().substr(at, column->begin - at) + "(" + to_sql(made_of->second) + ")";
    for (size_t field = 1; field < column->path.size(); ++field)
      text += "." + quoted(column->path[field]);
    at = column->end;
  }
  return parse(text + condition.source().substr(at, condition.root().end - at));
}

// The condition as it is in front of a transform, or nothing where it has to stay behind.
std::optional<Ast> in_front_of(const Component& transform, const Ast& condition) {
  if (transform.type.value == "add_window")
    return column_names(condition).contains("window") ? std::nullopt : std::optional(condition);
  if (transform.type.value == "select") {
    const auto* columns = option(transform, "columns");
    return columns == nullptr ? condition : replaced(condition, definitions(*columns));
  }
  const auto* keys = option(transform, "group_by");
  if (keys == nullptr || column_names(condition).empty()) return std::nullopt;
  return replaced(condition, definitions(*keys));
}

bool is_of_windows(const Component& transform, const Ast& condition) {
  const auto names = column_names(condition);
  return option(transform, "aggregates") != nullptr && !names.empty() &&
         std::all_of(names.begin(), names.end(), [](const auto& name) {
           return name == "window_start" || name == "window_end";
         });
}

void add(const std::string& condition, std::string& conjunction) {
  if (!conjunction.empty()) conjunction += " AND ";
  conjunction += "(" + condition + ")";
}

}  // namespace

size_t readers_of(const Config& config, size_t component) {
  size_t readers = 0;
  for (const auto& other : config.components)
    readers += static_cast<size_t>(std::count_if(
        other.edges.begin(), other.edges.end(),
        [&](const auto& edge) { return edge.component == component && edge.output.empty(); }));
  return readers;
}

namespace {

bool uses(const Ast& condition, const std::string& column) {
  const auto names = column_names(condition);
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& name) { return same_name(name, column); });
}

/// What a condition has been moved past.
enum class Past { rows_only, an_aggregation };

void move_past(const Config& config, const Ast& condition, size_t at, Past past,
               MovedConditions& moved) {
  const auto& component = config.components[at];
  if (readers_of(config, at) != 1) return;
  const bool stops = component.watermark || component.kind != ComponentKind::transform;
  if (component.watermark && !uses(condition, component.watermark->column.value))
    moved.by_watermark[component.name].push_back(condition);
  else if (stops && past == Past::an_aggregation)
    moved.by_output[component.name].push_back(condition);
  if (stops) return;
  if (is_of_windows(component, condition))
    return add(to_sql(condition), moved.by_window[component.name]);
  const auto earlier = in_front_of(component, condition);
  if (!earlier) return;
  if (option(component, "group_by") != nullptr) past = Past::an_aggregation;
  // Several inputs are one stream: what joins its inputs has no columns of theirs to stand for.
  for (const auto& edge : component.edges)
    if (edge.output.empty()) move_past(config, *earlier, edge.component, past, moved);
}

}  // namespace

void move_up(const Config& config, const Ast& condition, size_t at, MovedConditions& moved) {
  move_past(config, condition, at, Past::rows_only, moved);
}

}  // namespace millrace

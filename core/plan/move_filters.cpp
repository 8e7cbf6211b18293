// Spark evaluates a condition as early as it can, which decides what a watermark sees: a conjunct
// written after a watermark that does not use the event-time column removes rows before they can
// advance it. With `move_filters = true` Millrace does the same; without it, rows pass in the order
// in which the file has them. A condition on the windows of an aggregation likewise keeps the other
// windows from holding state, and one behind an inner join is a part of the join's own.
#include "core/expression/parse.hpp"
#include "core/plan/move_up.hpp"

namespace millrace {
namespace {

const WrittenText* condition_of(const Component& component) {
  const auto* table = component.options.as_table();
  const auto* where = table == nullptr ? nullptr : table->find("where");
  return where == nullptr ? nullptr : where->value.as_text();
}

bool is_inner_join(const Component& component) {
  if (component.kind != ComponentKind::transform || component.type.value != "join") return false;
  const auto* kind = component.options.as_table()->find("kind");
  const auto* name = kind == nullptr ? nullptr : kind->value.as_text();
  return kind == nullptr || (name != nullptr && name->text == "inner");
}

// What is written right behind an inner join.
void move_into_joins(const Config& config, const Component& select, const WrittenText& condition,
                     MovedConditions& moved) {
  if (select.edges.size() != 1 || !select.edges[0].output.empty()) return;
  const auto at = select.edges[0].component;
  const auto& join = config.components[at];
  if (!is_inner_join(join) || readers_of(config, at) != 1) return;
  auto& conjunction = moved.by_join[join.name];
  conjunction += (conjunction.empty() ? "(" : " AND (") + condition.text + ")";
}

}  // namespace

MovedConditions move_filters(const Config& config) {
  MovedConditions moved;
  for (const auto& component : config.components) {
    const auto* text = condition_of(component);
    if (component.type.value != "select" || text == nullptr) continue;
    move_into_joins(config, component, *text, moved);
    try {
      for (const auto& condition : conjuncts(parse(text->text)))
        for (const auto& edge : component.edges)
          if (edge.output.empty()) move_up(config, condition, edge.component, moved);
    } catch (const ExpressionError&) {
      // Reported where the option is bound.
    }
  }
  return moved;
}

}  // namespace millrace

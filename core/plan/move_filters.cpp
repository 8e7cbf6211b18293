// Spark evaluates a condition as early as it can, which decides what a watermark sees: a conjunct
// written after a watermark that does not use the event-time column removes rows before they can
// advance it. With `move_filters = true` Millrace does the same; without it, rows pass in the order
// in which the file has them. A condition on the windows of an aggregation likewise keeps the other
// windows from holding state, and one behind an inner join is a part of the join's own.
#include <algorithm>

#include "core/expression/parse.hpp"
#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

// The only reader of a component's rows, or nothing. One that reads several inputs takes them as
// one stream, unless it joins them.
const Component* only_reader(const Config& config, size_t component) {
  const Component* reader = nullptr;
  for (const auto& other : config.components)
    for (const auto& edge : other.edges) {
      if (edge.component != component || !edge.output.empty()) continue;
      if (reader != nullptr || (other.edges.size() != 1 && other.type.value == "join"))
        return nullptr;
      reader = &other;
    }
  return reader;
}

const WrittenText* condition_of(const Component& component) {
  const auto* table = component.options.as_table();
  const auto* where = table == nullptr ? nullptr : table->find("where");
  return where == nullptr ? nullptr : where->value.as_text();
}

bool of_windows(const std::set<std::string>& names) {
  return !names.empty() && std::all_of(names.begin(), names.end(), [](const auto& name) {
    return name == "window_start" || name == "window_end";
  });
}

bool mentions(const std::set<std::string>& names, const std::set<std::string>& any_of) {
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& name) { return any_of.contains(name); });
}

void add(const std::string& condition, std::string& conjunction) {
  if (!conjunction.empty()) conjunction += " AND ";
  conjunction += "(" + condition + ")";
}

bool computes_columns(const Component& component) {
  const auto* table = component.options.as_table();
  return table != nullptr && table->find("columns") != nullptr;
}

// What is written right behind an inner join.
void move_into_joins(const Config& config, MovedConditions& moved) {
  for (size_t i = 0; i < config.components.size(); ++i) {
    const auto& join = config.components[i];
    if (join.kind != ComponentKind::transform || join.type.value != "join") continue;
    const auto* kind = join.options.as_table()->find("kind");
    const auto* name = kind == nullptr ? nullptr : kind->value.as_text();
    if (kind != nullptr && (name == nullptr || name->text != "inner")) continue;
    const auto* reader = only_reader(config, i);
    if (reader == nullptr || reader->type.value != "select") continue;
    const auto* text = condition_of(*reader);
    if (text != nullptr) add(text->text, moved.by_join[join.name]);
  }
}

}  // namespace

std::set<std::string> bare_keys(const Component& component) {
  std::set<std::string> keys;
  const auto* table = component.options.as_table();
  const auto* group_by = table == nullptr ? nullptr : table->find("group_by");
  const auto* list = group_by == nullptr ? nullptr : group_by->value.as_array();
  if (list == nullptr) return keys;
  for (const auto& item : *list) {
    try {
      if (const auto* text = item.as_text()) {
        const auto key = parse_named(text->text);
        if (column_name(key.ast) == key.name) keys.insert(key.name);
      }
    } catch (const ExpressionError&) {
      // Reported where the option is bound.
    }
  }
  return keys;
}

MovedConditions move_filters(const Config& config) {
  MovedConditions moved;
  move_into_joins(config, moved);
  for (size_t i = 0; i < config.components.size(); ++i) {
    if (!config.components[i].watermark) continue;
    std::set<std::string> event_times{config.components[i].watermark->column.value};
    std::optional<std::set<std::string>> keys;  // below an aggregation: what may still move
    const Component* windows = nullptr;         // that aggregation
    for (const auto* at = only_reader(config, i);
         at != nullptr && at->kind == ComponentKind::transform && !at->watermark;
         at = only_reader(config, static_cast<size_t>(at - config.components.data()))) {
      if (at->type.value == "add_window") {
        event_times.insert("window");
        continue;
      }
      if (at->type.value != "select") {
        if (keys || at->type.value == "deduplicate") break;
        keys = bare_keys(*at);
        windows = at;
        continue;
      }
      const auto* text = condition_of(*at);
      try {
        if (text != nullptr)
          for (const auto& part : conjuncts(parse(text->text))) {
            const auto names = column_names(part);
            const bool of_keys =
                !keys || std::all_of(names.begin(), names.end(),
                                     [&](const auto& name) { return keys->contains(name); });
            if (!mentions(names, event_times) && of_keys)
              moved.by_watermark[config.components[i].name].push_back({part, text});
            else if (windows != nullptr && of_windows(names))
              add(to_sql(part), moved.by_window[windows->name]);
          }
      } catch (const ExpressionError&) {
        break;  // Reported where the option is bound.
      }
      if (computes_columns(*at)) break;
    }
  }
  return moved;
}

}  // namespace millrace

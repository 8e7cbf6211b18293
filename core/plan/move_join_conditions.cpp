// What a join's condition says of one input alone, and that what it compares is not NULL, holds for
// every row that can match. Where other rows of that input are of no use (the transform says so),
// Spark drops them as early as it can: in front of the watermark, if they do not use its column.
#include "core/expression/parse.hpp"
#include "core/plan/move_up.hpp"

namespace millrace {
namespace {

Ast is_not_null(const std::string& column) {
  std::string quoted = "\"";
  for (const char letter : column) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return parse(quoted + "\" IS NOT NULL");
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

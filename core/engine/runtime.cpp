#include "core/engine/runtime.hpp"

#include <limits>

namespace millrace {
namespace {

// What a transform has to put out: what somebody reads.
uint32_t wanted_ports(const PlannedNode& node) {
  uint32_t wanted = 0;
  if ((node.modes & MR_MODE_APPEND) != 0) wanted |= 1U << MR_PORT_FINAL;
  if ((node.modes & MR_MODE_UPDATE) != 0) wanted |= 1U << MR_PORT_CHANGED;
  if ((node.modes & MR_MODE_COMPLETE) != 0) wanted |= 1U << MR_PORT_ALL;
  if (node.reads(OutputPort::late)) wanted |= 1U << MR_PORT_LATE;
  return wanted;
}

}  // namespace

Runtime::Runtime(const Plan& plan, const Checkpoint& checkpoint, const Clock& clock,
                 Executor& executor, const StopSignal& stop)
    : plan_(plan),
      graph_(cut_stages(plan)),
      points_{plan, graph_, clock, {}, {}},
      executor_(executor) {
  const size_t shards = checkpoint.format().shards;
  for (size_t node = 0; node < plan.nodes.size(); ++node)
    if (plan.nodes[node].keyed()) points_.exchanges.try_emplace(node, shards);
  for (size_t i = 0; i < graph_.stages.size(); ++i) {
    const auto& spec = graph_.stages[i];
    if (spec.kind == StageKind::source) {
      stages_.push_back(std::make_unique<SourceStage>(points_, spec.node, i, stop));
    } else if (spec.kind == StageKind::gather) {
      stages_.push_back(std::make_unique<GatherStage>(points_, spec, i));
    } else {
      auto stage = std::make_unique<ShardStage>(points_, spec.node, i, shards, checkpoint);
      stateful_.push_back(stage.get());
      stages_.push_back(std::move(stage));
    }
  }
}

RoundContext Runtime::context(const EpochPlan& plan, bool ends_epoch) const {
  RoundContext context;
  context.epoch = static_cast<int64_t>(plan.epoch);
  for (const auto& node : plan_.nodes) {
    mr_round round{sizeof(mr_round),
                   context.epoch,
                   std::numeric_limits<int64_t>::min(),
                   std::numeric_limits<int64_t>::min(),
                   wanted_ports(node),
                   plan.has_data ? 1 : 0,
                   ends_epoch ? 1 : 0};
    if (const auto watermark = plan.watermarks.find(node.name);
        watermark != plan.watermarks.end()) {
      round.late_before = watermark->second.late_before_us;
      round.watermark = watermark->second.watermark_us;
    }
    context.rounds.push_back(round);
  }
  return context;
}

// Stages of one level do not feed each other, so their tasks run side by side.
void Runtime::run_level(size_t level, const EpochPlan& plan, const RoundContext& round) {
  struct Task {
    Stage* stage;
    size_t number;
  };
  std::vector<Task> tasks;
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (graph_.stages[i].level != level) continue;
    const auto count = stages_[i]->prepare(plan);
    for (size_t number = 0; number < count; ++number) tasks.push_back({stages_[i].get(), number});
  }
  executor_.parallel_for(tasks.size(),
                         [&](size_t i) { tasks[i].stage->run(tasks[i].number, round); });
}

RoundResult Runtime::run(const EpochPlan& plan, bool ends_epoch) {
  const auto round = context(plan, ends_epoch);
  try {
    for (size_t level = 0; level < graph_.levels(); ++level) run_level(level, plan, round);
  } catch (const Error& error) {
    for (auto& stage : stages_) stage->abandon(error);
    throw;
  }
  RoundResult result{Counts(plan_.nodes.size()), {}};
  for (auto& stage : stages_) stage->collect(result.counts, result.times);
  return result;
}

void Runtime::save(StateWriter& writer) {
  for (auto* stage : stateful_) stage->save(writer);
}

void Runtime::forget_changes() {
  for (auto* stage : stateful_) stage->forget_changes();
}

}  // namespace millrace

#include "core/engine/stage_graph.hpp"

#include <algorithm>

namespace millrace {
namespace {

class Cutter {
 public:
  explicit Cutter(const Plan& plan) : plan_(plan) {
    for (size_t i = 0; i < plan.nodes.size(); ++i)
      if (plan.nodes[i].source) graph_.stages.push_back({StageKind::source, i, 0, 0});
    // A stage starts at a node behind those of the stages that feed it, so taking them by node
    // finds each level before it is used.
    for (size_t i = 0; i < plan.nodes.size(); ++i)
      for (size_t stage = 0; stage < graph_.stages.size(); ++stage)
        if (graph_.stages[stage].node == i) cut(stage);
  }

  StageGraph finish() {
    std::vector<size_t> order(graph_.stages.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t left, size_t right) {
      return graph_.stages[left].level < graph_.stages[right].level;
    });
    StageGraph sorted;
    for (const auto from : order) sorted.stages.push_back(graph_.stages[from]);
    for (const auto& [sink, stages] : graph_.writers)
      for (size_t position = 0; position < order.size(); ++position)
        if (std::find(stages.begin(), stages.end(), order[position]) != stages.end())
          sorted.writers[sink].push_back(position);
    return sorted;
  }

 private:
  void cut(size_t stage) {
    const auto spec = graph_.stages[stage];
    const auto& node = plan_.nodes[spec.node];
    if (node.sink) {
      graph_.writers[spec.node].push_back(stage);
    } else if (spec.kind == StageKind::gather) {
      walk(spec.node, OutputPort::rows, spec.mode, stage);
    } else {
      for (const auto mode : output_modes(node)) walk(spec.node, OutputPort::rows, mode, stage);
    }
    if (node.source) walk(spec.node, OutputPort::dead_letter, 0, stage);
  }

  void walk(size_t from, OutputPort port, uint32_t mode, size_t stage) {
    const auto& readers = plan_.nodes[from].readers;
    const auto found = readers.find(port);
    if (found == readers.end()) return;
    for (const auto reader : found->second) {
      const auto& node = plan_.nodes[reader];
      if (!takes_mode(node, mode)) continue;
      if (node.keyed()) {
        open({StageKind::shards, reader, 0, 0}, stage);
        walk(reader, OutputPort::late, 0, stage);
      } else if (wants_gather(node)) {
        open({StageKind::gather, reader, node.sink ? 0 : mode, 0}, stage);
      } else if (node.sink) {
        auto& writers = graph_.writers[reader];
        if (std::find(writers.begin(), writers.end(), stage) == writers.end())
          writers.push_back(stage);
      } else {
        walk(reader, OutputPort::rows, mode, stage);
      }
    }
  }

  void open(StageSpec spec, size_t feeding) {
    spec.level = graph_.stages[feeding].level + 1;
    for (auto& stage : graph_.stages) {
      if (stage.kind != spec.kind || stage.node != spec.node || stage.mode != spec.mode) continue;
      stage.level = std::max(stage.level, spec.level);
      return;
    }
    graph_.stages.push_back(spec);
  }

  const Plan& plan_;
  StageGraph graph_;
};

}  // namespace

StageGraph cut_stages(const Plan& plan) { return Cutter(plan).finish(); }

bool takes_mode(const PlannedNode& reader, uint32_t mode) {
  if (mode == 0) return true;
  if (reader.sink) return mode_bit(reader.sink->mode) == mode;
  if (reader.keyed()) return mode == MR_MODE_APPEND;
  return (reader.modes & mode) != 0;
}

bool wants_gather(const PlannedNode& node) {
  if (node.sink) return node.sink->handle->single_writer();
  return node.transform && node.transform->handle->binding().single_task;
}

std::vector<uint32_t> output_modes(const PlannedNode& node) {
  if (!node.output.below_stateful) return {0};
  std::vector<uint32_t> modes;
  for (const uint32_t mode : {MR_MODE_APPEND, MR_MODE_UPDATE, MR_MODE_COMPLETE})
    if ((node.modes & mode) != 0) modes.push_back(mode);
  return modes;
}

}  // namespace millrace

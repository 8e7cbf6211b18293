#include "core/engine/stage.hpp"

namespace millrace {

GatherStage::GatherStage(MeetingPoints& points, const StageSpec& spec, size_t stage)
    : gather_(points.gathers[{spec.node, spec.mode}]),
      wants_whole_epoch_(points.plan.nodes[spec.node].transform.has_value()),
      lane_(points, {stage, 0}),
      root_(lane_.root(spec.node, spec.mode)) {}

size_t GatherStage::prepare(const RoundInput&, const RoundContext& round) {
  if (round.ends_epoch()) return 1;
  return wants_whole_epoch_ || gather_.empty() ? 0 : 1;
}

void GatherStage::run(size_t, const RoundContext& round) {
  lane_.begin(round);
  gather_.drain([&](const Batch& rows) { root_.push(rows); });
  lane_.end(round);
}

void GatherStage::collect(Counts& counts, std::vector<SeenTime>& times) {
  add(counts, lane_.counts());
  for (const auto& [watermark, max] : lane_.take_event_times())
    times.push_back({watermark, "", max});
}

void GatherStage::abandon(const Error& cause) noexcept { lane_.abandon(cause); }

}  // namespace millrace

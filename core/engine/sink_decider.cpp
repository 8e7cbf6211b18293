#include "core/engine/sink_decider.hpp"

#include "core/checkpoint/epoch_records.hpp"

namespace millrace {

SinkDecider::SinkDecider(const Plan& plan) : sink_(*plan.nodes[*plan.decider].sink->handle) {
  for (const auto& node : plan.nodes)
    if (node.source) source_types_[node.name] = node.type;
}

std::string SinkDecider::place() const { return sink_.place(); }

std::optional<Marker> SinkDecider::fence(const std::string& job, const std::string& run) {
  const auto fenced = sink_.fence(job, run);
  kept_us_ = fenced.kept_us;
  if (!fenced.newest) return std::nullopt;
  return Marker{fenced.newest->epoch, fenced.newest->record, fenced.newest->run};
}

void SinkDecider::begin(uint64_t epoch) { sink_.begin(static_cast<int64_t>(epoch)); }

void SinkDecider::decide(const Marker& marker, const EpochCommit* record) {
  std::vector<NamedPosition> positions;
  if (record != nullptr)
    for (const auto& [source, position] : record->positions)
      if (const auto type = source_types_.find(source); type != source_types_.end())
        positions.push_back({source, type->second, position});
  sink_.decide({marker.epoch, marker.record, marker.run}, positions);
}

}  // namespace millrace

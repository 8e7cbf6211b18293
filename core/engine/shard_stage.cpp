#include "core/engine/stage.hpp"

namespace millrace {

struct ShardStage::ShardLane {
  ShardLane(MeetingPoints& points, size_t node, LanePosition position, StoreHandle store)
      : lane(points, position),
        step(points.plan.nodes[node], node, static_cast<int32_t>(position.lane), std::move(store),
             lane.counts()[node], lane.timer()) {
    for (const auto mode : output_modes(points.plan.nodes[node]))
      step.output(port_of(mode)) = lane.outlet(node, mode);
  }

  Lane lane;
  ShardStep step;
};

ShardStage::ShardStage(MeetingPoints& points, size_t node, size_t stage, size_t shards,
                       StateStores& stores)
    : points_(points), node_(node) {
  for (size_t shard = 0; shard < shards; ++shard)
    lanes_.push_back(std::make_unique<ShardLane>(
        points, node, LanePosition{stage, shard},
        stores.open(points.plan.nodes[node], static_cast<uint32_t>(shard))));
}

ShardStage::~ShardStage() = default;

// Between the first round and the last, a shard that got nothing has nothing to put out.
size_t ShardStage::prepare(const RoundInput&, const RoundContext& round) {
  const auto& exchange = points_.exchanges.at(node_);
  tasks_.clear();
  for (size_t shard = 0; shard < lanes_.size(); ++shard)
    if (round.part != RoundPart::rows || exchange.has(shard)) tasks_.push_back(shard);
  return tasks_.size();
}

void ShardStage::run(size_t task, const RoundContext& round) {
  auto& shard = *lanes_[tasks_[task]];
  shard.lane.begin(round);
  points_.exchanges.at(node_).drain(
      tasks_[task], [&](const Batch& partials) { shard.step.merge(partials, round); });
  shard.step.finish(round);
  shard.lane.end(round);
}

void ShardStage::collect(Counts& counts, std::vector<SeenTime>& times) {
  for (auto& shard : lanes_) {
    add(counts, shard->lane.counts());
    for (const auto& [watermark, max] : shard->lane.take_event_times())
      times.push_back({watermark, "", max});
  }
}

void ShardStage::abandon(const Error& cause) noexcept {
  for (auto& shard : lanes_) shard->lane.abandon(cause);
}

void ShardStage::save(size_t shard, bool whole, const StoreHandle::Append& append) {
  auto& store = lanes_[shard]->step.store();
  if (whole)
    store.write_snapshot(append);
  else
    store.write_changes(append);
}

void ShardStage::begin_parts() {
  saved_ = 0;
  for (auto& shard : lanes_) shard->step.store().write_part(true, 0, [](std::string_view) {});
}

bool ShardStage::save_part(SnapshotWriter& part) {
  const auto append = [&](std::string_view piece) { part.append(piece); };
  for (; saved_ < lanes_.size(); ++saved_) {
    const auto wanted = static_cast<int64_t>(part.bytes_wanted());
    if (wanted == 0) return false;
    part.begin(name(), static_cast<uint32_t>(saved_));
    if (!lanes_[saved_]->step.store().write_part(false, wanted, append)) return false;
  }
  return true;
}

mr_store_size ShardStage::measure() const {
  mr_store_size size{};
  for (const auto& shard : lanes_) {
    const auto one = shard->step.store().measure();
    size.rows += one.rows;
    size.bytes += one.bytes;
  }
  return size;
}

void ShardStage::forget_changes() {
  for (auto& shard : lanes_) shard->step.store().write_changes([](std::string_view) {});
}

}  // namespace millrace

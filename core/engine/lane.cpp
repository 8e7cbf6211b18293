#include "core/engine/lane.hpp"

#include <algorithm>

#include "core/engine/outbox_step.hpp"

namespace millrace {

Lane::Lane(MeetingPoints& points, LanePosition position)
    : points_(points),
      position_(position),
      counts_(points.plan.nodes.size()),
      timer_(points.clock) {}

Fan Lane::fan(size_t from, OutputPort port, uint32_t mode) {
  Fan fan;
  const auto& readers = points_.plan.nodes[from].readers;
  const auto found = readers.find(port);
  if (found == readers.end()) return fan;
  for (const auto reader : found->second) {
    const auto& node = points_.plan.nodes[reader];
    if (!takes_mode(node, mode)) continue;
    const auto input = std::find_if(node.inputs.begin(), node.inputs.end(), [&](const auto& each) {
      return each.node == from && each.port == port;
    });
    const auto number = static_cast<size_t>(input - node.inputs.begin());
    fan.add({&make_step(reader, mode, number), input->columns, node.stream(number).schema});
  }
  return fan;
}

Outlet Lane::outlet(size_t node, uint32_t mode) {
  Outlet outlet{fan(node, OutputPort::rows, mode), std::nullopt, &points_.plan.nodes[node]};
  if (const auto& watermark = points_.plan.nodes[node].watermark)
    outlet.watermark.emplace(points_.plan.watermarks[*watermark]);
  return outlet;
}

Step& Lane::make_step(size_t node, uint32_t mode, size_t input) {
  const auto& planned = points_.plan.nodes[node];
  if (!wants_gather(planned)) return root(node, mode, input);
  auto& gather = points_.gathers[{node, planned.sink ? 0 : mode}];
  steps_.push_back(std::make_unique<GatherStep>(gather.slot(position_)));
  return *steps_.back();
}

Step& Lane::root(size_t node, uint32_t mode, size_t input) {
  const auto& planned = points_.plan.nodes[node];
  if (planned.transform) return make_transform(node, mode, input);
  if (planned.sink->outbox)
    return *steps_.emplace_back(
        std::make_unique<OutboxStep>(planned, partition_of(node), counts_[node], timer_));
  steps_.push_back(std::make_unique<WriteStep>(planned, partition_of(node), counts_[node], timer_));
  return *steps_.back();
}

Step& Lane::make_transform(size_t node, uint32_t mode, size_t input) {
  const auto& planned = points_.plan.nodes[node];
  Exchange::Slot* exchange = nullptr;
  if (planned.keyed()) exchange = &points_.exchanges.at(node).slot(position_);
  // Inputs that reach a transform as one stream are its input 0.
  const auto number = planned.streams.empty() ? 0 : static_cast<int32_t>(input);
  auto made =
      std::make_unique<TransformStep>(planned, node, number, counts_[node], timer_, exchange);
  auto& step = *made;
  steps_.push_back(std::move(made));
  if (planned.keyed()) {
    if (planned.transform->handle->binding().joins_ranges) front_halves_.push_back(&step);
    step.late() = fan(node, OutputPort::late, 0);
  } else {
    step.rows() = outlet(node, mode);
    if (step.rows().watermark) note_observer(*planned.watermark, *step.rows().watermark);
  }
  return step;
}

// Lanes of several stages may write to one sink: each stage takes every n-th partition.
int32_t Lane::partition_of(size_t sink) const {
  const auto& stages = points_.graph.writers.at(sink);
  const auto at = std::find(stages.begin(), stages.end(), position_.stage);
  return static_cast<int32_t>(position_.lane * stages.size() +
                              static_cast<size_t>(at - stages.begin()));
}

void Lane::begin(const RoundContext& round) {
  if (!in_epoch_) std::fill(counts_.begin(), counts_.end(), NodeCounts{});
  in_epoch_ = true;
  for (auto& counts : counts_)
    counts.state_rows = counts.state_bytes = 0;  // The last round counts.
  for (auto& [watermark, observer] : observers_) observer->begin(round.time_us);
  for (auto& step : steps_) step->begin(round);
}

void Lane::end(const RoundContext& round) {
  for (auto& step : steps_) step->end(round);
  if (round.ends_epoch()) in_epoch_ = false;
}

void Lane::end(const RoundContext& round, Lane& next) {
  for (size_t i = 0; i < front_halves_.size(); ++i)
    front_halves_[i]->goes_on_in(*next.front_halves_[i]);
  end(round);
}

void Lane::abandon(const Error& cause) noexcept {
  for (auto& step : steps_) step->abandon(cause);
}

std::vector<std::pair<size_t, int64_t>> Lane::take_event_times() {
  std::vector<std::pair<size_t, int64_t>> times;
  for (auto& [watermark, observer] : observers_)
    if (const auto max = observer->take_max()) times.emplace_back(watermark, *max);
  return times;
}

}  // namespace millrace

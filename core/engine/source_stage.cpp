#include <algorithm>

#include "core/engine/record_decoder.hpp"
#include "core/engine/stage.hpp"

namespace millrace {
namespace {

constexpr int64_t read_timeout_us = 200'000;
// A planned range that gives nothing for so long will not give anything.
constexpr int64_t silence_max_us = 120'000'000;

}  // namespace

struct SourceStage::SourceLane {
  SourceLane(MeetingPoints& points, size_t node, LanePosition position)
      : lane(points, position),
        outlet(lane.outlet(node, 0)),
        dead_letters(lane.fan(node, OutputPort::dead_letter, 0)),
        decoder(points.plan.nodes[node]) {
    if (outlet.watermark) lane.note_observer(*points.plan.nodes[node].watermark, *outlet.watermark);
  }

  Lane lane;
  Outlet outlet;
  Fan dead_letters;
  RecordDecoder decoder;
  SourceRange range;       // of this round
  bool has_range = false;  // in this round
};

SourceStage::SourceStage(MeetingPoints& points, size_t node, size_t stage, const StopSignal& stop)
    : points_(points), node_(node), stage_(stage), stop_(stop) {}

SourceStage::~SourceStage() = default;

size_t SourceStage::prepare(const RoundInput& input, const RoundContext& round) {
  for (auto& lane : lanes_) lane->has_range = false;
  if (const auto ranges = input.find(node_); ranges != input.end())
    for (const auto& range : ranges->second) assign(range);
  tasks_.clear();
  for (size_t i = 0; i < in_epoch_; ++i)
    if (lanes_[i]->has_range || round.ends_epoch()) tasks_.push_back(i);
  return tasks_.size();
}

void SourceStage::assign(const SourceRange& range) {
  size_t at = 0;
  for (; at < in_epoch_; ++at) {
    const auto& before = lanes_[at]->range;
    if (!lanes_[at]->has_range && before.partition == range.partition &&
        before.detail == range.detail)
      break;
  }
  if (at == lanes_.size())
    lanes_.push_back(std::make_unique<SourceLane>(points_, node_, LanePosition{stage_, at}));
  in_epoch_ = std::max(in_epoch_, at + 1);
  lanes_[at]->range = range;
  lanes_[at]->has_range = true;
}

void SourceStage::run(size_t task, const RoundContext& round) {
  auto& source_lane = *lanes_[tasks_[task]];
  source_lane.lane.begin(round);
  if (source_lane.has_range) read(source_lane);
  source_lane.lane.end(round);
}

void SourceStage::read(SourceLane& source_lane) {
  const auto& range = source_lane.range;
  const auto& source = *points_.plan.nodes[node_].source;
  auto& counts = source_lane.lane.counts()[node_];
  const auto& timer = source_lane.lane.timer();
  RangeInHand in_hand{range, source.handle->open(range, source.columns)};
  int64_t silent_us = 0;
  Batch raw;
  for (;;) {
    const auto begun_ns = timer.now_ns();
    const auto result = in_hand.reader->read(read_timeout_us, raw);
    if (result == ReadResult::end) break;
    if (result == ReadResult::idle) {
      silent_us += read_timeout_us;
      if (stop_.forced() || silent_us >= silence_max_us)
        throw Error::external(points_.plan.nodes[node_].title + ": nothing arrives of " +
                              range.partition + " up to " + std::to_string(range.end) +
                              "; check that the source can be reached");
      continue;
    }
    silent_us = 0;
    const auto rows = source_lane.decoder.decode(raw, in_hand, source_lane.dead_letters, counts);
    in_hand.records += raw.size();
    counts.batch_seconds.observe(timer.seconds_since(begun_ns));
    source_lane.outlet.push(rows, OutputPort::rows, counts);
  }
}

void SourceStage::collect(Counts& counts, std::vector<SeenTime>& times) {
  for (size_t i = 0; i < in_epoch_; ++i) {
    add(counts, lanes_[i]->lane.counts());
    for (const auto& [watermark, max] : lanes_[i]->lane.take_event_times())
      times.push_back({watermark, lanes_[i]->range.partition, max});
  }
  in_epoch_ = 0;
}

void SourceStage::abandon(const Error& cause) noexcept {
  for (auto& lane : lanes_) lane->lane.abandon(cause);
}

}  // namespace millrace

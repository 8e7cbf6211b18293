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
};

SourceStage::SourceStage(MeetingPoints& points, size_t node, size_t stage, const StopSignal& stop)
    : points_(points), node_(node), stage_(stage), stop_(stop) {}

SourceStage::~SourceStage() = default;

size_t SourceStage::prepare(const EpochPlan& plan) {
  ranges_.clear();
  const auto source = plan.sources.find(points_.plan.nodes[node_].name);
  if (source != plan.sources.end())
    for (const auto& range : source->second.ranges)
      ranges_.push_back({range.partition, range.start, range.end, range.detail});
  while (lanes_.size() < ranges_.size())
    lanes_.push_back(
        std::make_unique<SourceLane>(points_, node_, LanePosition{stage_, lanes_.size()}));
  return ranges_.size();
}

void SourceStage::run(size_t task, const RoundContext& round) {
  auto& source_lane = *lanes_[task];
  const auto& range = ranges_[task];
  const auto& source = *points_.plan.nodes[node_].source;
  auto& counts = source_lane.lane.counts()[node_];
  const auto& timer = source_lane.lane.timer();
  source_lane.lane.begin(round);
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
  source_lane.lane.end();
}

void SourceStage::collect(Counts& counts, std::vector<SeenTime>& times) {
  for (size_t i = 0; i < ranges_.size(); ++i) {
    add(counts, lanes_[i]->lane.counts());
    for (const auto& [watermark, max] : lanes_[i]->lane.take_event_times())
      times.push_back({watermark, ranges_[i].partition, max});
  }
}

void SourceStage::abandon(const Error& cause) noexcept {
  for (auto& lane : lanes_) lane->lane.abandon(cause);
}

}  // namespace millrace

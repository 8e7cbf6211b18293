#include <algorithm>
#include <numeric>

#include "millrace/gather.hpp"

#include "core/engine/crash_suspects.hpp"
#include "core/engine/record_decoder.hpp"
#include "core/engine/records_in_hand.hpp"
#include "core/engine/stage.hpp"

namespace millrace {
namespace {

constexpr int64_t read_timeout_us = 200'000;
// A planned range that gives nothing for so long will not give anything.
constexpr int64_t silence_max_us = 120'000'000;
// Enough for threads to end at about the same time.
constexpr size_t tasks_per_thread = 2;

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
  bool has_range = false;  // in this round, or what is left of it for the next ones
  int64_t start = 0;       // of its first range in this epoch
  int64_t records = 0;     // of this epoch, before those at hand
  // A range that is read in pieces, a round each, and what is at hand of it.
  std::optional<RangeInHand> in_pieces;
  Batch ahead;
  int64_t ahead_at = 0;
};

SourceStage::SourceStage(MeetingPoints& points, size_t node, size_t stage, const StopSignal& stop)
    : points_(points), node_(node), stage_(stage), stop_(stop) {}

SourceStage::~SourceStage() = default;

size_t SourceStage::prepare(const RoundInput& input, const RoundContext& round) {
  const bool in_pieces = points_.suspects != nullptr;
  if (!in_pieces)
    for (auto& lane : lanes_) lane->has_range = false;
  if (const auto ranges = input.find(node_); ranges != input.end())
    for (const auto& range : ranges->second) assign(range);
  active_.clear();
  for (size_t i = 0; i < in_epoch_; ++i) {
    const bool others_first = in_pieces && !active_.empty();
    if ((lanes_[i]->has_range && !others_first) || round.ends_epoch()) active_.push_back(i);
  }
  tasks_ = active_.size();
  if (tasks_ > 0 && lanes_[0]->lane.joins_ranges())
    tasks_ = std::min(tasks_, round.threads == 1 ? 1 : round.threads * tasks_per_thread);
  return tasks_;
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
  auto& lane = *lanes_[at];
  if (at >= in_epoch_) {
    lane.start = range.start;
    lane.records = 0;
  }
  in_epoch_ = std::max(in_epoch_, at + 1);
  lane.range = range;
  lane.has_range = true;
}

void SourceStage::run(size_t task, const RoundContext& round) {
  const records_in_hand::Scope in_hand;
  const size_t last = (task + 1) * active_.size() / tasks_ - 1;
  for (size_t at = task * active_.size() / tasks_;; ++at) {
    auto& source_lane = *lanes_[active_[at]];
    source_lane.lane.begin(round);
    read_in(source_lane);
    if (at == last) return source_lane.lane.end(round);
    source_lane.lane.end(round, lanes_[active_[at + 1]]->lane);
  }
}

void SourceStage::read_in(SourceLane& source_lane) {
  if (!source_lane.has_range) return;
  if (points_.suspects != nullptr)
    read_piece(source_lane);
  else
    read(source_lane);
}

// False: the range is read.
bool SourceStage::next_batch(RangeInHand& from, Batch& raw) const {
  for (int64_t silent_us = 0;;) {
    const auto result = from.reader->read(read_timeout_us, raw);
    if (result != ReadResult::idle) return result == ReadResult::rows;
    silent_us += read_timeout_us;
    if (stop_.forced() || silent_us >= silence_max_us)
      throw Error::external(points_.plan.nodes[node_].title + ": nothing arrives of " +
                            from.range.partition + " up to " + std::to_string(from.range.end) +
                            "; check that the source can be reached");
  }
}

void SourceStage::read(SourceLane& source_lane) {
  const auto& range = source_lane.range;
  const auto& source = *points_.plan.nodes[node_].source;
  auto& counts = source_lane.lane.counts()[node_];
  const auto& timer = source_lane.lane.timer();
  RangeInHand in_hand{range, source.handle->open(range, source.columns)};
  Batch raw;
  for (auto begun_ns = timer.now_ns(); next_batch(in_hand, raw); begun_ns = timer.now_ns()) {
    records_in_hand::set(numbered(source_lane, raw.size()));
    const auto rows = source_lane.decoder.decode(raw, in_hand, source_lane.dead_letters, counts);
    in_hand.records += raw.size();
    counts.batch_seconds.observe(timer.seconds_since(begun_ns));
    source_lane.outlet.push(rows, OutputPort::rows, counts);
    source_lane.records += raw.size();
  }
  // What the lane still has to do is about all of them.
  source_lane.records -= in_hand.records;
  records_in_hand::set(numbered(source_lane, in_hand.records));
  source_lane.records += in_hand.records;
}

// After deaths, what may be at fault passes through the whole pipeline by itself.
void SourceStage::read_piece(SourceLane& source_lane) {
  const auto& node = points_.plan.nodes[node_];
  auto& from = source_lane.in_pieces;
  if (!from) {
    from.emplace(RangeInHand{source_lane.range,
                             node.source->handle->open(source_lane.range, node.source->columns)});
    source_lane.ahead_at = source_lane.ahead.size();
  }
  auto& at = source_lane.ahead_at;
  if (at == source_lane.ahead.size()) {
    if (!next_batch(*from, source_lane.ahead)) {
      from.reset();
      source_lane.has_range = false;
      return;
    }
    at = 0;
  }
  auto whole = source_lane.range;
  whole.start = source_lane.start;
  const auto piece = points_.suspects->next(records_in_hand::epoch(), node.name, whole,
                                            static_cast<uint64_t>(source_lane.records));
  const auto left = static_cast<uint64_t>(source_lane.ahead.size() - at);
  std::vector<uint32_t> rows(std::min(piece.count, left));
  std::iota(rows.begin(), rows.end(), static_cast<uint32_t>(at));
  const auto taken = gather(source_lane.ahead, rows);
  auto& counts = source_lane.lane.counts()[node_];
  records_in_hand::set_only(numbered(source_lane, taken.size()));
  if (piece.reason)
    source_lane.decoder.set_aside(taken, *piece.reason, *from, source_lane.dead_letters, counts);
  else
    source_lane.outlet.push(
        source_lane.decoder.decode(taken, *from, source_lane.dead_letters, counts),
        OutputPort::rows, counts);
  at += taken.size();
  from->records += taken.size();
  source_lane.records += taken.size();
}

bool SourceStage::has_more() const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](const auto& each) { return each->has_range; });
}

// What a source does not give twice has no number by which it could be found again.
NumberedRecords<std::string_view> SourceStage::numbered(const SourceLane& source_lane,
                                                        int64_t count) const {
  const auto& node = points_.plan.nodes[node_];
  if (!node.source->handle->replayable()) return {};
  return {node.name,
          source_lane.range.partition,
          source_lane.range.detail,
          source_lane.start,
          static_cast<uint64_t>(source_lane.records),
          static_cast<uint64_t>(count)};
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
  for (auto& lane : lanes_) {
    lane->in_pieces.reset();
    lane->has_range = false;
    lane->lane.abandon(cause);
  }
}

}  // namespace millrace

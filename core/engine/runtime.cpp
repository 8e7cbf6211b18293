#include "core/engine/runtime.hpp"

#include <limits>

#include "core/engine/crash_suspects.hpp"
#include "core/engine/records_in_hand.hpp"
#include "core/system/turns.hpp"

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

// In a round of fewer records, or bytes where ranges are of bytes, waking a thread costs more than
// it saves.
constexpr int64_t small_round = 2'000;

int64_t size_of(const RoundInput& input) {
  int64_t size = 0;
  for (const auto& [source, ranges] : input)
    for (const auto& range : ranges) size += range.end - range.start;
  return size;
}

}  // namespace

Runtime::Runtime(const Plan& plan, Checkpoint& checkpoint, const Clock& clock, Executor& executor,
                 const StopSignal& stop)
    : plan_(plan),
      graph_(cut_stages(plan)),
      points_{plan, graph_, clock, {}, {}, nullptr},
      executor_(executor),
      stores_(plan, checkpoint) {
  const size_t shards = checkpoint.format().shards;
  for (const auto& node : plan.nodes)
    if (node.sink)
      node.sink->handle->set_job(checkpoint.durable() ? checkpoint.format().job_id : "");
  for (size_t node = 0; node < plan.nodes.size(); ++node)
    if (plan.nodes[node].keyed()) points_.exchanges.try_emplace(node, shards);
  for (size_t i = 0; i < graph_.stages.size(); ++i) {
    const auto& spec = graph_.stages[i];
    if (spec.kind == StageKind::source) {
      auto stage = std::make_unique<SourceStage>(points_, spec.node, i, stop);
      sources_[spec.node] = stage.get();
      stages_.push_back(std::move(stage));
    } else if (spec.kind == StageKind::gather) {
      stages_.push_back(std::make_unique<GatherStage>(points_, spec, i));
    } else {
      auto stage = std::make_unique<ShardStage>(points_, spec.node, i, shards, stores_);
      stateful_.push_back(stage.get());
      stages_.push_back(std::move(stage));
    }
  }
  stores_.opened();
}

void Runtime::begin(const EpochPlan& plan, OutboxWriter* outbox) {
  const bool careful = suspects_ != nullptr && suspects_->concern(plan.epoch);
  points_.suspects = careful ? suspects_ : nullptr;
  records_in_hand::set_epoch(plan.epoch);
  first_.outbox = rows_.outbox = closing_.outbox = outbox;
  first_.epoch = rows_.epoch = closing_.epoch = static_cast<int64_t>(plan.epoch);
  first_.time_us = rows_.time_us = closing_.time_us = plan.time_us;
  first_.rounds.clear();
  for (const auto& node : plan_.nodes) {
    mr_round round{sizeof(mr_round),
                   first_.epoch,
                   std::numeric_limits<int64_t>::min(),
                   std::numeric_limits<int64_t>::min(),
                   wanted_ports(node),
                   plan.has_data ? 1 : 0,
                   0};
    if (const auto watermark = plan.watermarks.find(node.name);
        watermark != plan.watermarks.end()) {
      round.late_before = watermark->second.late_before_us;
      round.watermark = watermark->second.watermark_us;
    }
    first_.rounds.push_back(round);
  }
  // What the watermark passed has left with the first round. What it would let go of what came
  // since leaves with the last, so that rows of one epoch meet however they fall into rounds.
  rows_.rounds = closing_.rounds = first_.rounds;
  if (plan.opens_with_watermark)
    for (auto* later : {&rows_, &closing_})
      for (auto& round : later->rounds) round.late_before = round.watermark;
  for (auto& round : rows_.rounds) {
    round.watermark = std::numeric_limits<int64_t>::min();
    round.has_data = 1;
  }
  rounds_ = 0;
  size_ = 0;
}

// Stages of one level do not feed each other, so their tasks run side by side.
void Runtime::run_level(size_t level, const RoundInput& input) {
  tasks_.clear();
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (graph_.stages[i].level != level) continue;
    const auto count = stages_[i]->prepare(input, *round_);
    for (size_t number = 0; number < count; ++number) tasks_.push_back({stages_[i].get(), number});
  }
  const auto run_task = [&](size_t i) { tasks_[i].stage->run(tasks_[i].number, *round_); };
  if (!is_small_) return executor_.parallel_for(tasks_.size(), run_task);
  for (size_t i = 0; i < tasks_.size(); ++i) run_task(i);
}

void Runtime::run(RoundPart part, const RoundInput& input) {
  if (points_.suspects == nullptr) return run_round(part, input);
  run_in_pieces(input);
  if (part != RoundPart::rows) run_round(part, {});
}

// Rounds of rows, so that whatever dies, in whichever stage, dies of the piece at hand.
void Runtime::run_in_pieces(const RoundInput& input) {
  const records_in_hand::OnlyScope in_hand;
  for (const auto& [source, ranges] : input) {
    run_round(RoundPart::rows, {{source, ranges}});
    while (sources_.at(source)->has_more()) run_round(RoundPart::rows, {});
  }
}

void Runtime::run_round(RoundPart part, const RoundInput& input) {
  round_ = part == RoundPart::rows ? &rows_ : part == RoundPart::closing ? &closing_ : &first_;
  round_->part = part;
  for (auto& round : round_->rounds) round.ends_epoch = round_->ends_epoch() ? 1 : 0;
  if (part == RoundPart::rows)
    for (auto& round : closing_.rounds) round.has_data = 1;
  const auto size = size_of(input);
  size_ += size;
  is_small_ = part == RoundPart::rows && size < small_round;
  round_->threads = is_small_ ? 1 : executor_.threads();
  try {
    for (size_t level = 0; level < graph_.levels(); ++level) run_level(level, input);
  } catch (const Error& error) {
    abandon(error);
    throw;
  }
  ++rounds_;
}

EpochResult Runtime::end() {
  EpochResult result{Counts(plan_.nodes.size()), {}, rounds_};
  for (auto& stage : stages_) stage->collect(result.counts, result.times);
  return result;
}

void Runtime::abandon(const Error& cause) noexcept {
  for (auto& stage : stages_) stage->abandon(cause);
}

void Runtime::save(StateWriter& writer) {
  if (stores_.form() == StateForm::files) return stores_.keep_files(writer);
  save_changes(writer);
  if (auto* part = writer.part()) save_part(*part);
}

// Stores write themselves down side by side; what they wrote goes to the file in one order.
void Runtime::save_changes(StateWriter& writer) {
  std::vector<std::pair<StatefulStage*, size_t>> stores;
  for (auto* stage : stateful_)
    for (size_t shard = 0; shard < stage->shards(); ++shard) stores.emplace_back(stage, shard);
  const bool whole = writer.snapshot();
  const auto begin = [&](size_t i) {
    writer.begin(stores[i].first->name(), static_cast<uint32_t>(stores[i].second));
  };
  if (executor_.threads() == 1 || size_ < small_round) {
    for (size_t i = 0; i < stores.size(); ++i) {
      begin(i);
      stores[i].first->save(stores[i].second, whole,
                            [&](std::string_view piece) { writer.append(piece); });
    }
    return;
  }
  Turns turns;
  executor_.parallel_for(stores.size(), [&](size_t i) {
    const Turns::Turn turn(turns, i);
    std::vector<std::string> pieces;
    stores[i].first->save(stores[i].second, whole,
                          [&](std::string_view piece) { pieces.emplace_back(piece); });
    turn.wait();
    begin(i);
    for (const auto& piece : pieces) writer.append(piece);
  });
}

void Runtime::save_part(SnapshotWriter& part) {
  if (part.begins()) {
    saved_ = 0;
    for (auto* stage : stateful_) stage->begin_parts();
  }
  while (saved_ < stateful_.size() && stateful_[saved_]->save_part(part)) ++saved_;
  if (saved_ == stateful_.size()) part.finish();
}

void Runtime::describe_state(EpochCommit& commit) const {
  if (stores_.form() != StateForm::files) return;
  stores_.describe(commit);
  auto& bytes = commit.state_bytes;
  for (const auto* stage : stateful_) bytes[stage->name()] = stage->measure().bytes;
}

std::map<std::string, uint64_t> Runtime::state_bytes() const {
  std::map<std::string, uint64_t> bytes;
  for (const auto* stage : stateful_)
    bytes[stage->name()] += static_cast<uint64_t>(stage->measure().bytes);
  return bytes;
}

void Runtime::forget_changes() {
  for (auto* stage : stateful_) stage->forget_changes();
}

}  // namespace millrace

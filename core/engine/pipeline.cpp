#include "core/engine/pipeline.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace millrace {
namespace {

// What a plan record keeps beside the plan: the event times and partitions known when it was made.
constexpr const char* seen_event_times = "watermarks";

observe::ErrorStage stage_of(const PlannedNode& node, const Error& error) {
  if (node.sink) return observe::ErrorStage::write;
  if (node.transform) return observe::ErrorStage::process;
  return error.blame == Blame::data ? observe::ErrorStage::decode : observe::ErrorStage::read;
}

// What a component throws begins with its title.
void count_failure(const Plan& plan, const Error& error, observe::Metrics& metrics) {
  const std::string_view message = error.what();
  for (const auto& node : plan.nodes)
    if (!node.table && message.starts_with(node.title + ": "))
      metrics.component_error(node.name, stage_of(node, error), error.blame);
}

}  // namespace

/// Measures the phases of one epoch.
struct Pipeline::Timer {
  explicit Timer(const Clock& from)
      : clock(from), started_us(from.now_us()), begun(from.monotonic_ns()), last(begun) {}

  /// Microseconds since the last call.
  int64_t lap() {
    const auto now = clock.monotonic_ns();
    const auto passed = (now - last) / 1000;
    last = now;
    return passed;
  }

  const Clock& clock;
  int64_t started_us;
  int64_t begun;
  int64_t last;
  observe::PhaseDurations phases;
  std::map<std::string, int64_t> sink_commit_us;
};

Pipeline::Pipeline(const Plan& plan, PipelineParts parts)
    : plan_(plan),
      parts_(std::move(parts)),
      trigger_(make_trigger(plan.config.trigger)),
      runtime_(plan, parts_.checkpoint, parts_.clock, parts_.executor, parts_.stop),
      planner_(plan, parts_.clock, parts_.stop, parts_.monitor),
      tables_(plan, parts_.monitor.log()),
      watermarks_(plan),
      report_(plan, parts_.checkpoint.format(), parts_.run_id, parts_.monitor.metrics()) {}

void Pipeline::run() {
  parts_.monitor.set_state(observe::PipelineState::running);
  recover();
  while (!parts_.stop.requested() && run_next_epoch()) {
  }
  parts_.monitor.set_state(observe::PipelineState::stopping);
}

// Goes on from the last committed epoch; an epoch that was planned after it runs again as planned.
void Pipeline::recover() {
  const auto& recovered = parts_.checkpoint.recovered();
  next_epoch_ = recovered.next_epoch();
  if (const auto& last = recovered.last) {
    planner_.restore(last->positions);
    const auto state = nlohmann::json::parse(last->watermark_state);
    watermarks_.restore(state.at("declared").get<std::string>());
    used_ = state.at("used").get<std::map<std::string, int64_t>>();
    forget_the_absent(*last);
    for (const auto& node : plan_.nodes)
      if (const auto receipt = last->receipts.find(node.name);
          node.sink && receipt != last->receipts.end())
        node.sink->handle->commit(static_cast<int64_t>(last->epoch), receipt->second);
  }
  for (const auto& node : plan_.nodes)
    if (node.sink) node.sink->handle->abort(static_cast<int64_t>(next_epoch_));
  tables_.load();
  if (recovered.rerun) {
    tables_.check_versions(*recovered.rerun);
    // The partitions that were there when the epoch was planned, of which it may read nothing.
    if (const auto seen = recovered.rerun->extra.find(seen_event_times);
        seen != recovered.rerun->extra.end())
      watermarks_.restore(seen->second);
    Timer timer(parts_.clock);
    run_epoch(*recovered.rerun, {}, timer, true);
  }
}

// A component that was taken out, or renamed: whoever did not mean it must hear of it.
void Pipeline::forget_the_absent(const EpochCommit& last) {
  const auto is_absent = [&](const std::string& name) {
    return std::none_of(plan_.nodes.begin(), plan_.nodes.end(),
                        [&](const PlannedNode& node) { return node.name == name; });
  };
  auto& log = parts_.monitor.log();
  for (const auto& [name, position] : last.positions)
    if (is_absent(name))
      log.warning("the checkpoint knows how far a source was read that the pipeline has no more",
                  {{"source", name}, {"position", "forgotten"}});
  std::erase_if(used_, [&](const auto& each) {
    if (!is_absent(each.first)) return false;
    log.warning("the checkpoint holds state of a transform that the pipeline has no more",
                {{"transform", each.first}, {"state", "forgotten"}});
    return true;
  });
}

bool Pipeline::run_next_epoch() {
  if (trigger_->follows_watermark() && watermark_is_due()) {
    Timer timer(parts_.clock);
    run_epoch(make_plan({}, false), {}, timer, false);
    return true;
  }
  if (!trigger_->wait(parts_.clock, parts_.stop)) return false;
  if (trigger_->delayed()) parts_.monitor.metrics().trigger_delayed();
  Timer timer(parts_.clock);
  const auto inputs = planner_.next(trigger_->fixes_end(), trigger_->takes_all());
  timer.phases.latest_offset_us = timer.lap();
  note_presence(inputs);
  if (std::all_of(inputs.begin(), inputs.end(), [](const auto& each) { return each.empty(); })) {
    // Partitions that fell idle since may let the watermark go on.
    watermarks_.advance(parts_.clock.now_us());
    parts_.monitor.health().caught_up();
    if (trigger_->follows_watermark() && watermark_is_due()) return true;
    return trigger_->idle(parts_.clock, parts_.stop);
  }
  tables_.refresh();
  const auto plan = make_plan(inputs, true);
  timer.phases.plan_us = timer.lap();
  run_epoch(plan, inputs, timer, false);
  return true;
}

// The life of an epoch: see ARCHITECTURE.md.
void Pipeline::run_epoch(const EpochPlan& plan, const std::vector<SourceInput>& inputs,
                         Timer& timer, bool planned) {
  parts_.monitor.epoch_started();
  try {
    if (!planned) parts_.checkpoint.write_plan(plan);
    timer.phases.wal_commit_us = timer.lap();
    const auto in_force = watermarks_.over([&] {
      std::set<size_t> all;
      for (size_t i = 0; i < plan_.watermarks.size(); ++i) all.insert(i);
      return all;
    }());
    const auto round = runtime_.run(plan, true);
    timer.phases.process_us = timer.lap();
    finish_epoch(plan, round);
    const auto size = commit(plan, timer);
    timer.phases.total_us = (timer.last - timer.begun) / 1000;
    next_epoch_ = plan.epoch + 1;
    parts_.monitor.publish(report_.make(
        {plan, inputs, round, timer.phases, timer.sink_commit_us, size, timer.started_us, in_force},
        watermarks_, parts_.checkpoint));
  } catch (const Error& error) {
    count_failure(plan_, error, parts_.monitor.metrics());
    parts_.monitor.epoch_failed(error.what());
    throw;
  }
}

EpochPlan Pipeline::make_plan(const std::vector<SourceInput>& inputs, bool has_data) const {
  EpochPlan plan;
  plan.epoch = next_epoch_;
  plan.time_us = parts_.clock.now_us();
  plan.shards = parts_.checkpoint.format().shards;
  plan.has_data = has_data;
  tables_.note_versions(plan);
  for (const auto& [name, position] : planner_.positions())
    plan.sources[name] = {position, position, {}};
  for (const auto& input : inputs) {
    auto& source = plan.sources[plan_.nodes[input.node].name];
    source.end_position = input.plan.position;
    for (const auto& range : input.plan.ranges)
      source.ranges.push_back({range.partition, range.start, range.end, range.detail});
  }
  plan.extra[seen_event_times] = watermarks_.save();
  for (const auto& node : plan_.nodes) {
    const auto watermark = watermark_for(node);
    if (watermark) plan.watermarks[node.name] = {used_by(node), *watermark};
  }
  return plan;
}

// The watermark that a stateful transform goes by. One whose rows lost their event time has no use
// for a watermark above.
std::optional<int64_t> Pipeline::watermark_for(const PlannedNode& node) const {
  if (!node.keyed() || node.input.time_column < 0) return std::nullopt;
  const auto watermark = watermarks_.over(node.clock);
  if (!watermark) return std::nullopt;
  return *watermark - node.input.behind_us;
}

// The watermark of its last epoch; it begins at 1970.
int64_t Pipeline::used_by(const PlannedNode& node) const {
  const auto used = used_.find(node.name);
  return used == used_.end() ? -node.input.behind_us : used->second;
}

// Whether a transform that emits or evicts by the watermark has not seen the present one yet.
bool Pipeline::watermark_is_due() const {
  if (!plan_.config.no_data_epochs || next_epoch_ == 0) return false;
  for (const auto& node : plan_.nodes) {
    const auto watermark = watermark_for(node);
    if (!watermark) continue;
    if (!node.transform->handle->binding().uses_watermark) continue;
    if ((node.modes & (MR_MODE_APPEND | MR_MODE_UPDATE)) == 0) continue;
    if (*watermark > used_by(node)) return true;
  }
  return false;
}

void Pipeline::note_presence(const std::vector<SourceInput>& inputs) {
  const auto now = parts_.clock.now_us();
  for (const auto& input : inputs) {
    std::vector<PartitionPresence> present;
    for (const auto& each : input.plan.partitions)
      present.push_back({each.partition, each.next >= each.latest, each.never_had_records});
    // Watermarks are declared on the source, or on a select that sees its partitions.
    for (size_t i = 0; i < plan_.watermarks.size(); ++i)
      if (plan_.watermarks[i].node == input.node) watermarks_.present(i, present, now);
  }
}

void Pipeline::finish_epoch(const EpochPlan& plan, const RoundResult& round) {
  const auto now = parts_.clock.now_us();
  for (const auto& seen : round.times)
    watermarks_.saw(seen.watermark, seen.partition, seen.max, now);
  watermarks_.advance(now);
  for (const auto& [transform, watermark] : plan.watermarks)
    used_[transform] = watermark.watermark_us;
}

// Sinks prepare, state and then the decision become durable, sinks and sources hear of it.
CommitSize Pipeline::commit(const EpochPlan& plan, Timer& timer) {
  const auto epoch = static_cast<int64_t>(plan.epoch);
  EpochCommit record;
  record.epoch = plan.epoch;
  record.time_us = parts_.clock.now_us();
  for (const auto& node : plan_.nodes)
    if (node.sink && node.sink->handle->transactional()) {
      const auto begun_ns = timer.clock.monotonic_ns();
      record.receipts[node.name] = node.sink->handle->prepare(epoch);
      timer.sink_commit_us[node.name] = (timer.clock.monotonic_ns() - begun_ns) / 1000;
    }
  for (const auto& [name, source] : plan.sources) record.positions[name] = source.end_position;
  record.watermark_state = nlohmann::json{{"declared", watermarks_.save()}, {"used", used_}}.dump();
  timer.phases.sink_commit_us = timer.lap();
  auto state = runtime_.has_state() ? parts_.checkpoint.begin_state(plan.epoch) : nullptr;
  if (state)
    runtime_.save(*state);
  else
    runtime_.forget_changes();
  timer.phases.state_commit_us = timer.lap();
  const auto receipts = record.receipts;
  const auto size = parts_.checkpoint.commit(std::move(record), std::move(state));
  timer.phases.offset_commit_us = timer.lap();
  for (const auto& node : plan_.nodes)
    if (const auto receipt = receipts.find(node.name); receipt != receipts.end()) {
      const auto begun_ns = timer.clock.monotonic_ns();
      node.sink->handle->commit(epoch, receipt->second);
      timer.sink_commit_us[node.name] += (timer.clock.monotonic_ns() - begun_ns) / 1000;
    }
  planner_.committed(plan);
  timer.phases.sink_commit_us += timer.lap();
  return size;
}

}  // namespace millrace

#include "core/engine/epoch_runner.hpp"

#include "millrace/crash_point.hpp"

namespace millrace {
namespace {

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

EpochRunner::EpochRunner(const Plan& plan, EpochParts parts, const std::string& run_id)
    : plan_(plan),
      parts_(parts),
      report_(plan, parts_.checkpoint.format(), run_id, parts_.monitor.metrics()),
      decided_us_(parts_.clock.now_us()) {}

void EpochRunner::repeat_decision() {
  if (parts_.decider == nullptr || parts_.decider->kept_us() == 0) return;
  const auto now = parts_.clock.now_us();
  if (now - decided_us_ < parts_.decider->kept_us()) return;
  parts_.checkpoint.repeat_decision();
  decided_us_ = now;
}

EpochPlan EpochRunner::plan(const std::vector<SourceInput>& inputs, bool has_data) const {
  EpochPlan plan;
  plan.epoch = next_;
  plan.time_us = parts_.clock.now_us();
  plan.shards = parts_.checkpoint.format().shards;
  plan.has_data = has_data;
  parts_.tables.note_versions(plan);
  for (const auto& [name, position] : parts_.planner.positions())
    plan.sources[name] = {position, position, {}};
  for (const auto& input : inputs) {
    auto& source = plan.sources[plan_.nodes[input.node].name];
    source.end_position = input.plan.position;
    for (const auto& range : input.plan.ranges)
      source.ranges.push_back({range.partition, range.start, range.end, range.detail});
  }
  parts_.event_time.note_in(plan);
  return plan;
}

void EpochRunner::run(const EpochPlan& plan, const std::vector<SourceInput>& inputs,
                      EpochTimer& timer, bool planned) {
  parts_.monitor.epoch_started();
  try {
    if (!planned) parts_.checkpoint.write_plan(plan);
    timer.phases.wal_commit_us = timer.lap();
    const auto in_force = parts_.event_time.in_force();
    CrashPoint::reach("epoch", "planned");
    if (parts_.decider != nullptr) parts_.decider->begin(plan.epoch);
    const auto round = parts_.runtime.run(plan, true);
    CrashPoint::reach("epoch", "ran");
    timer.phases.process_us = timer.lap();
    parts_.event_time.finish(plan, round.times, parts_.clock.now_us());
    const auto size = commit(plan, timer);
    timer.phases.total_us = (timer.last - timer.begun) / 1000;
    next_ = plan.epoch + 1;
    parts_.monitor.publish(report_.make(
        {plan, inputs, round, timer.phases, timer.sink_commit_us, size, timer.started_us, in_force},
        parts_.event_time.watermarks(), parts_.checkpoint));
  } catch (const Error& error) {
    count_failure(plan_, error, parts_.monitor.metrics());
    parts_.monitor.epoch_failed(error.what());
    throw;
  }
}

// Sinks prepare, state and then the decision become durable, sinks and sources hear of it.
CommitSize EpochRunner::commit(const EpochPlan& plan, EpochTimer& timer) {
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
  CrashPoint::reach("sinks", "prepared");
  for (const auto& [name, source] : plan.sources) record.positions[name] = source.end_position;
  record.watermark_state = parts_.event_time.save();
  timer.phases.sink_commit_us = timer.lap();
  auto state = parts_.runtime.has_state() ? parts_.checkpoint.begin_state(plan.epoch) : nullptr;
  if (state)
    parts_.runtime.save(*state);
  else
    parts_.runtime.forget_changes();
  timer.phases.state_commit_us = timer.lap();
  const auto receipts = record.receipts;
  CrashPoint::reach("state", "written");
  const auto size = parts_.checkpoint.commit(std::move(record), std::move(state));
  CrashPoint::reach("epoch", "committed");
  decided_us_ = parts_.clock.now_us();
  timer.phases.offset_commit_us = timer.lap();
  for (const auto& node : plan_.nodes)
    if (const auto receipt = receipts.find(node.name); receipt != receipts.end()) {
      const auto begun_ns = timer.clock.monotonic_ns();
      node.sink->handle->commit(epoch, receipt->second);
      CrashPoint::reach("sinks", "committed");
      timer.sink_commit_us[node.name] += (timer.clock.monotonic_ns() - begun_ns) / 1000;
    }
  parts_.planner.committed(plan);
  CrashPoint::reach("sources", "told");
  timer.phases.sink_commit_us += timer.lap();
  return size;
}

}  // namespace millrace

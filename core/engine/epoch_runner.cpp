#include "core/engine/epoch_runner.hpp"

#include <algorithm>
#include <chrono>
#include <future>

#include <nlohmann/json.hpp>

#include "millrace/crash_point.hpp"

#include "core/engine/buffered_state.hpp"

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

// For an operator who looks into the checkpoint, where the pipeline's file is not at hand.
std::string sinks_text(const Plan& plan) {
  auto sinks = nlohmann::json::object();
  for (const auto& node : plan.nodes)
    if (node.sink)
      sinks[node.name] = {{"type", node.type},
                          {"output_mode", name_of(plan.config.find(node.name)->output_mode.value)},
                          {"exactly_once", node.sink->exactly_once}};
  return sinks.dump();
}

RoundInput input_of(const Plan& plan, const EpochPlan& epoch) {
  RoundInput input;
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    const auto source = epoch.sources.find(plan.nodes[i].name);
    if (!plan.nodes[i].source || source == epoch.sources.end()) continue;
    for (const auto& range : source->second.ranges)
      input[i].push_back({range.partition, range.start, range.end, range.detail});
  }
  return input;
}

}  // namespace

EpochRunner::EpochRunner(const Plan& plan, EpochParts parts, const std::string& run_id)
    : plan_(plan),
      parts_(parts),
      report_(plan, parts_.checkpoint.format(), run_id, parts_.monitor.metrics()),
      sinks_(sinks_text(plan)),
      decided_us_(parts_.clock.steady_us()) {}

void EpochRunner::repeat_decision() {
  if (parts_.decider == nullptr || parts_.decider->kept_us() == 0) return;
  const auto now = parts_.clock.steady_us();
  if (now - decided_us_ < parts_.decider->kept_us()) return;
  parts_.checkpoint.repeat_decision();
  decided_us_ = now;
}

struct EpochRunner::Pending {
  EpochPlan plan;
  std::vector<SourceInput> inputs;
  EpochTimer timer;
  EpochResult result;
  std::optional<int64_t> in_force;
  EpochCommit record;
  std::unique_ptr<BufferedState> state;
  std::future<CommitSize> done;  // its end waits for the work to end
};

EpochRunner::~EpochRunner() = default;

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
  parts_.event_time.note_seen(plan);
  parts_.event_time.note_watermarks(plan);
  return plan;
}

template <class Work>
void EpochRunner::guarded(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    parts_.runtime.abandon(error);
    count_failure(plan_, error, parts_.monitor.metrics());
    parts_.monitor.epoch_failed(error.what());
    throw;
  }
}

void EpochRunner::run(const EpochPlan& plan, const std::vector<SourceInput>& inputs,
                      EpochTimer& timer, bool planned) {
  parts_.monitor.epoch_started();
  guarded([&] {
    if (!planned) parts_.checkpoint.write_plan(plan);
    timer.phases.wal_commit_us = timer.lap();
    CrashPoint::reach("epoch", "planned");
    begin(plan);
    if (plan.opens_with_watermark) parts_.runtime.run(RoundPart::opening, {});
    parts_.runtime.run(plan.opens_with_watermark ? RoundPart::closing : RoundPart::whole,
                       input_of(plan_, plan));
    CrashPoint::reach("epoch", "ran");
    timer.phases.process_us = timer.lap();
    finish(plan, inputs, timer);
  });
}

void EpochRunner::begin(const EpochPlan& plan) {
  if (parts_.decider != nullptr) parts_.decider->begin(plan.epoch);
  parts_.runtime.begin(plan,
                       plan_.has_outbox() ? &parts_.checkpoint.begin_outbox(plan.epoch) : nullptr);
}

void EpochRunner::open(const EpochPlan& plan, bool watermark_moved) {
  parts_.monitor.epoch_started();
  guarded([&] {
    begin(plan);
    if (watermark_moved) parts_.runtime.run(RoundPart::opening, {});
  });
}

void EpochRunner::round(const RoundInput& input) {
  guarded([&] { parts_.runtime.run(RoundPart::rows, input); });
}

void EpochRunner::cut(const EpochPlan& plan, const std::vector<SourceInput>& inputs,
                      EpochTimer& timer) {
  settle(true);
  guarded([&] {
    const bool later = may_commit_later();
    if (!later) parts_.checkpoint.write_plan(plan);
    timer.phases.wal_commit_us = timer.lap();
    CrashPoint::reach("epoch", "planned");
    parts_.runtime.run(RoundPart::closing, {});
    CrashPoint::reach("epoch", "ran");
    timer.phases.process_us += timer.lap();
    if (later)
      commit_later(plan, inputs, timer);
    else
      finish(plan, inputs, timer);
  });
}

void EpochRunner::finish(const EpochPlan& plan, const std::vector<SourceInput>& inputs,
                         EpochTimer& timer) {
  const auto in_force = parts_.event_time.in_force();
  auto result = parts_.runtime.end();
  parts_.event_time.finish(plan, result.times, parts_.clock.steady_us());
  const auto size = commit(plan, timer);
  parts_.deliveries.take_counts(result.counts);
  timer.phases.total_us = (timer.last - timer.begun) / 1000;
  next_ = plan.epoch + 1;
  parts_.monitor.publish(report_.make(
      {plan, inputs, result, timer.phases, timer.sink_commit_us, size, timer.started_us, in_force},
      parts_.event_time.watermarks(), parts_.checkpoint));
}

// A sink that shows an epoch at its commit, or knows epochs by their numbers, must not see one
// before the epoch before it is durable; and a store's own files must not change while they are
// kept.
bool EpochRunner::may_commit_later() const {
  if (!parts_.in_background || !parts_.checkpoint.durable() || parts_.decider != nullptr)
    return false;
  if (parts_.runtime.has_state() && parts_.runtime.state_form() == StateForm::files) return false;
  return std::none_of(plan_.nodes.begin(), plan_.nodes.end(), [](const PlannedNode& node) {
    return node.sink && (node.sink->outbox || node.sink->handle->transactional() ||
                         node.sink->handle->idempotent());
  });
}

void EpochRunner::commit_later(const EpochPlan& plan, const std::vector<SourceInput>& inputs,
                               const EpochTimer& timer) {
  pending_.reset(new Pending{
      plan, inputs, timer, parts_.runtime.end(), parts_.event_time.in_force(), {}, nullptr, {}});
  auto& pending = *pending_;
  parts_.event_time.finish(plan, pending.result.times, parts_.clock.steady_us());
  pending.record = record_of(plan);
  if (parts_.runtime.has_state()) {
    pending.state = std::make_unique<BufferedState>(
        parts_.checkpoint.begin_state(plan.epoch, StateForm::pieces));
    parts_.runtime.save(*pending.state);
  }
  pending.timer.phases.state_commit_us = pending.timer.lap();
  next_ = plan.epoch + 1;
  pending.done = std::async(std::launch::async, [this, &pending] {
    const std::unique_ptr<WakeSignal, void (*)(WakeSignal*)> at_the_end(
        &parts_.arrivals, [](WakeSignal* signal) { signal->raise(); });
    parts_.checkpoint.write_plan(pending.plan);
    pending.timer.phases.wal_commit_us = pending.timer.lap();
    const auto size = parts_.checkpoint.commit(std::move(pending.record),
                                               pending.state ? pending.state->write() : nullptr);
    pending.timer.phases.offset_commit_us = pending.timer.lap();
    return size;
  });
}

void EpochRunner::settle(bool wait) {
  if (!pending_) return;
  if (!wait && pending_->done.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    return;
  guarded([&] {
    const auto size = pending_->done.get();
    auto& timer = pending_->timer;
    parts_.planner.committed(pending_->plan);
    timer.phases.total_us = (timer.last - timer.begun) / 1000;
    parts_.monitor.publish(
        report_.make({pending_->plan, pending_->inputs, pending_->result, timer.phases,
                      timer.sink_commit_us, size, timer.started_us, pending_->in_force},
                     parts_.event_time.watermarks(), parts_.checkpoint));
    pending_.reset();
  });
}

EpochCommit EpochRunner::record_of(const EpochPlan& plan) const {
  EpochCommit record;
  record.epoch = plan.epoch;
  record.time_us = parts_.clock.now_us();
  for (const auto& [name, source] : plan.sources) record.positions[name] = source.end_position;
  record.watermark_state = parts_.event_time.save();
  record.extra["sinks"] = sinks_;
  return record;
}

// What follows the watermark follows at once, whatever arrives meanwhile.
std::optional<EpochPlan> EpochRunner::plan_ahead(const EpochPlan& plan) const {
  if (!parts_.follows_watermark || !parts_.checkpoint.durable() || !parts_.event_time.is_due())
    return std::nullopt;
  EpochPlan next = this->plan({}, false);
  next.epoch = plan.epoch + 1;
  for (const auto& [name, source] : plan.sources)
    next.sources[name] = {source.end_position, source.end_position, {}};
  return next;
}

void EpochRunner::deliver(EpochTimer& timer) {
  parts_.deliveries.deliver();
  for (const auto& [sink, took_us] : parts_.deliveries.take_times())
    timer.sink_commit_us[sink] += took_us;
}

// Sinks prepare, state and then the decision become durable, sinks and sources hear of it.
CommitSize EpochRunner::commit(const EpochPlan& plan, EpochTimer& timer) {
  const auto epoch = static_cast<int64_t>(plan.epoch);
  auto record = record_of(plan);
  for (const auto& node : plan_.nodes)
    if (node.sink && node.sink->takes_part()) {
      const auto begun_ns = timer.clock.monotonic_ns();
      record.receipts[node.name] = node.sink->handle->prepare(epoch);
      timer.sink_commit_us[node.name] = (timer.clock.monotonic_ns() - begun_ns) / 1000;
    }
  CrashPoint::reach("sinks", "prepared");
  timer.phases.sink_commit_us = timer.lap();
  auto state = parts_.runtime.has_state()
                   ? parts_.checkpoint.begin_state(plan.epoch, parts_.runtime.state_form())
                   : nullptr;
  if (state)
    parts_.runtime.save(*state);
  else
    parts_.runtime.forget_changes();
  parts_.runtime.describe_state(record);
  timer.phases.state_commit_us = timer.lap();
  const auto receipts = record.receipts;
  const auto next = record.next = plan_ahead(plan);
  CrashPoint::reach("state", "written");
  const auto size = parts_.checkpoint.commit(std::move(record), std::move(state));
  CrashPoint::reach("epoch", "committed");
  decided_us_ = parts_.clock.steady_us();
  timer.phases.offset_commit_us = timer.lap();
  for (const auto& node : plan_.nodes)
    if (const auto receipt = receipts.find(node.name); receipt != receipts.end()) {
      const auto begun_ns = timer.clock.monotonic_ns();
      node.sink->handle->commit(epoch, receipt->second);
      CrashPoint::reach("sinks", "committed");
      timer.sink_commit_us[node.name] += (timer.clock.monotonic_ns() - begun_ns) / 1000;
    }
  deliver(timer);
  parts_.planner.passed(plan);
  parts_.planner.committed(plan);
  ahead_ = next;
  CrashPoint::reach("sources", "told");
  timer.phases.sink_commit_us += timer.lap();
  return size;
}

}  // namespace millrace

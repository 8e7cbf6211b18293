#include "core/engine/pipeline.hpp"

#include <algorithm>

#include "millrace/crash_point.hpp"

namespace millrace {

Pipeline::Pipeline(const Plan& plan, PipelineParts parts)
    : plan_(plan),
      parts_(std::move(parts)),
      trigger_(make_trigger(plan.config.trigger)),
      runtime_(plan, parts_.checkpoint, parts_.clock, parts_.executor, parts_.stop),
      planner_(plan, parts_.clock, parts_.stop, parts_.monitor),
      tables_(plan, parts_.monitor.log()),
      event_time_(plan),
      memory_(plan, parts_.memory, parts_.monitor, [this] { return runtime_.state_bytes(); }),
      deliveries_(plan, parts_.checkpoint, {parts_.clock, parts_.stop, parts_.monitor.log()},
                  parts_.monitor.metrics(), parts_.executor),
      epochs_(plan, epoch_parts(), parts_.run_id),
      wait_for_input_(parts_.clock, parts_.stop, parts_.arrivals, longest_wait_us(plan)) {
  runtime_.suspect(parts_.suspects);
  deliveries_.suspect(parts_.suspects);
  if (const auto length = trigger_->epoch_length_us())
    rounds_.emplace(plan, epoch_parts(), epochs_, memory_, wait_for_input_, parts_.stop, *length);
}

EpochParts Pipeline::epoch_parts() {
  return {parts_.clock,
          parts_.checkpoint,
          parts_.monitor,
          runtime_,
          planner_,
          tables_,
          event_time_,
          deliveries_,
          parts_.decider,
          parts_.arrivals,
          parts_.executor.threads() > 1,
          follows_watermark()};
}

void Pipeline::run() {
  parts_.monitor.set_state(observe::PipelineState::running);
  recover();
  while (!parts_.stop.requested() && (rounds_ ? rounds_->run_next_epoch() : run_next_epoch())) {
  }
  epochs_.settle(true);
  parts_.monitor.set_state(observe::PipelineState::stopping);
}

// Goes on from the last committed epoch; an epoch that was planned after it runs again as planned.
void Pipeline::recover() {
  const auto& recovered = parts_.checkpoint.recovered();
  epochs_.go_on_from(recovered.next_epoch());
  deliveries_.check();
  if (const auto& last = recovered.last) {
    planner_.restore(last->positions);
    event_time_.restore(last->watermark_state);
    forget_the_absent(*last);
    for (const auto& node : plan_.nodes)
      if (const auto receipt = last->receipts.find(node.name);
          node.sink && node.sink->takes_part() && receipt != last->receipts.end())
        node.sink->handle->commit(static_cast<int64_t>(last->epoch), receipt->second);
    CrashPoint::reach("recovery", "sinks_committed");
  }
  deliver_the_last();
  CrashPoint::reach("recovery", "delivered");
  for (const auto& node : plan_.nodes)
    if (node.sink && node.sink->takes_part())
      node.sink->handle->abort(static_cast<int64_t>(epochs_.next()));
  CrashPoint::reach("recovery", "done");
  tables_.load();
  if (recovered.rerun) {
    tables_.check_versions(*recovered.rerun);
    event_time_.restore(*recovered.rerun);
    EpochTimer timer(parts_.clock);
    epochs_.run(*recovered.rerun, {}, timer, true);
  }
}

// What is committed and may not have arrived. A failure is the pipeline's, as in an epoch.
void Pipeline::deliver_the_last() {
  try {
    deliveries_.deliver();
  } catch (const Error& error) {
    parts_.monitor.epoch_failed(error.what());
    throw;
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
  event_time_.forget(is_absent, [&](const std::string& name) {
    log.warning("the checkpoint holds state of a transform that the pipeline has no more",
                {{"transform", name}, {"state", "forgotten"}});
  });
}

// Rounds see to it themselves.
bool Pipeline::follows_watermark() const {
  return trigger_->follows_watermark() && !trigger_->epoch_length_us() &&
         plan_.config.no_data_epochs;
}

bool Pipeline::watermark_is_due() const {
  return follows_watermark() && epochs_.next() > 0 && event_time_.is_due();
}

bool Pipeline::run_next_epoch() {
  epochs_.repeat_decision();
  const auto ahead = epochs_.take_ahead();
  if (ahead || watermark_is_due()) {
    EpochTimer timer(parts_.clock);
    epochs_.run(ahead ? *ahead : epochs_.plan({}, false), {}, timer, ahead.has_value());
    return true;
  }
  if (!trigger_->wait(parts_.clock, parts_.stop)) return false;
  if (trigger_->delayed()) parts_.monitor.metrics().trigger_delayed();
  memory_.begin();
  EpochTimer timer(parts_.clock);
  const auto inputs = planner_.next(trigger_->fixes_end(), trigger_->takes_all());
  timer.phases.latest_offset_us = timer.lap();
  event_time_.note_presence(inputs, parts_.clock.steady_us());
  if (std::all_of(inputs.begin(), inputs.end(), [](const auto& each) { return each.empty(); })) {
    event_time_.advance(parts_.clock.steady_us());
    parts_.monitor.health().caught_up();
    if (watermark_is_due()) return true;
    return trigger_->idle(wait_for_input_);
  }
  tables_.refresh();
  const auto plan = epochs_.plan(inputs, true);
  timer.phases.plan_us = timer.lap();
  epochs_.run(plan, inputs, timer, false);
  memory_.end(inputs);
  return true;
}

}  // namespace millrace

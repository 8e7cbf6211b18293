#include "core/engine/round_loop.hpp"

#include <algorithm>

namespace millrace {
namespace {

bool all_empty(const std::vector<SourceInput>& inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [](const auto& each) { return each.empty(); });
}

// Where a source begins is looked up once. It must be durable before anything is read, or a restart
// might begin elsewhere.
bool begins(const std::vector<SourceInput>& inputs) {
  return std::any_of(inputs.begin(), inputs.end(),
                     [](const auto& each) { return each.start.empty() && !each.empty(); });
}

RoundInput ranges_of(const std::vector<SourceInput>& inputs) {
  RoundInput ranges;
  for (const auto& input : inputs) ranges[input.node] = input.plan.ranges;
  return ranges;
}

void keep_what_is_known(std::vector<SourceInput> inputs, std::vector<SourceInput>& newest) {
  for (size_t i = 0; i < inputs.size(); ++i)
    if (!inputs[i].plan.partitions.empty()) newest[i] = std::move(inputs[i]);
}

PlannedRange* find_range(PlannedSource& source, const SourceRange& range) {
  const auto found =
      std::find_if(source.ranges.begin(), source.ranges.end(), [&](const auto& each) {
        return each.partition == range.partition && each.detail == range.detail;
      });
  return found == source.ranges.end() ? nullptr : &*found;
}

}  // namespace

RoundLoop::RoundLoop(const Plan& plan, EpochParts parts, EpochRunner& epochs, MemoryBudget& memory,
                     InputWait& wait_for_input, const StopSignal& stop, int64_t interval_us)
    : plan_(plan),
      parts_(parts),
      epochs_(epochs),
      memory_(memory),
      wait_for_input_(wait_for_input),
      stop_(stop),
      interval_us_(interval_us) {}

bool RoundLoop::run_next_epoch() {
  if (stop_.requested()) return false;
  epochs_.settle(false);
  epochs_.repeat_decision();
  EpochTimer timer(parts_.clock);
  memory_.begin();
  auto inputs = parts_.planner.arrived();
  timer.phases.latest_offset_us = timer.lap();
  const bool nothing = all_empty(inputs);
  if (nothing) {
    parts_.event_time.note_presence(inputs, parts_.clock.steady_us());
    parts_.event_time.advance(parts_.clock.steady_us());
    parts_.monitor.health().caught_up();
  }
  const bool moved = epochs_.next() > 0 && parts_.event_time.is_due();
  if (nothing && !(moved && plan_.config.no_data_epochs)) return wait_for_input_();
  parts_.tables.refresh();
  if (begins(inputs)) {
    parts_.event_time.note_presence(inputs, parts_.clock.steady_us());
    epochs_.settle(true);
    epochs_.run(epochs_.plan(inputs, true), inputs, timer, false);
    return true;
  }
  run_epoch(std::move(inputs), moved, timer);
  return true;
}

// An epoch opens by going by the new watermark, as if an epoch without rows had come before it.
// Where those are switched off, windows close at its end.
void RoundLoop::run_epoch(std::vector<SourceInput> inputs, bool watermark_moved,
                          EpochTimer& timer) {
  auto plan = epochs_.plan({}, false);
  plan.opens_with_watermark = plan_.config.no_data_epochs;
  const auto cut_us = parts_.clock.steady_us() + interval_us_;
  timer.phases.plan_us = timer.lap();
  epochs_.open(plan, watermark_moved && plan.opens_with_watermark);
  const auto first = inputs;
  auto newest = inputs;  // what is known of each source, for those who watch
  while (take(inputs, plan)) {
    if (!all_empty(inputs)) {
      plan.has_data = true;
      epochs_.round(ranges_of(inputs));
      parts_.planner.advance(inputs);
      parts_.event_time.note_presence(inputs, parts_.clock.steady_us());
      keep_what_is_known(std::move(inputs), newest);
    }
    if (parts_.clock.steady_us() >= cut_us || stop_.requested() || memory_.is_short()) break;
    epochs_.settle(false);
    inputs = next_input();
    if (all_empty(inputs)) wait_for_input_(cut_us);
  }
  timer.phases.process_us = timer.lap();
  parts_.event_time.note_seen(plan);
  epochs_.cut(plan, newest, timer);
  memory_.end(first);
}

// A source that fails leaves an epoch open, whose sinks must hear of it.
std::vector<SourceInput> RoundLoop::next_input() {
  try {
    return parts_.planner.arrived();
  } catch (const Error& error) {
    parts_.runtime.abandon(error);
    throw;
  }
}

// Adds what a round reads to the plan of its epoch. False: it belongs to the next one, since it
// goes back in a partition behind what the epoch has read of it, as in a file that was written
// anew.
bool RoundLoop::take(const std::vector<SourceInput>& inputs, EpochPlan& plan) {
  for (const auto& input : inputs)
    for (const auto& range : input.plan.ranges)
      if (const auto* before = find_range(plan.sources[plan_.nodes[input.node].name], range);
          before != nullptr && before->end > range.start)
        return false;
  for (const auto& input : inputs) {
    auto& source = plan.sources[plan_.nodes[input.node].name];
    source.end_position = input.plan.position;
    for (const auto& range : input.plan.ranges) {
      if (auto* before = find_range(source, range))
        before->end = range.end;
      else
        source.ranges.push_back({range.partition, range.start, range.end, range.detail});
    }
  }
  return true;
}

}  // namespace millrace

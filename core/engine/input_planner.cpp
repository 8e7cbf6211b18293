#include "core/engine/input_planner.hpp"

#include <algorithm>

#include "core/config/duration.hpp"

namespace millrace {
namespace {

constexpr int64_t first_pause_us = 250'000;
constexpr int64_t longest_pause_us = 5'000'000;

}  // namespace

InputPlanner::InputPlanner(const Plan& plan, Clock& clock, const StopSignal& stop,
                           observe::Monitor& monitor)
    : plan_(plan), clock_(clock), stop_(stop), monitor_(monitor) {
  for (size_t i = 0; i < plan.nodes.size(); ++i)
    if (plan.nodes[i].source) positions_[i];
}

void InputPlanner::restore(const std::map<std::string, std::string>& positions) {
  for (auto& [node, position] : positions_)
    if (const auto found = positions.find(plan_.nodes[node].name); found != positions.end())
      position = found->second;
}

template <class Ask>
auto InputPlanner::ask(const PlannedNode& node, Ask&& ask_source) {
  const auto give_up = clock_.steady_us() + plan_.config.startup_timeout_us;
  for (int64_t pause = first_pause_us;; pause = std::min(pause * 2, longest_pause_us)) {
    try {
      auto answer = ask_source(*node.source->handle);
      if (pause != first_pause_us) monitor_.component_goes_on(node.name);
      return answer;
    } catch (const Error& error) {
      monitor_.component_waits(node.name, observe::ErrorStage::read, error);
      const auto now = clock_.steady_us();
      if (error.retry == Retry::never || stop_.requested()) throw;
      if (now >= give_up)
        throw Error(error.blame, error.retry,
                    std::string(error.what()) + "; gave up after " +
                        format_duration_us(plan_.config.startup_timeout_us) + " (startup_timeout)");
      const auto seconds_left = (give_up - now + 999'999) / 1'000'000;
      monitor_.log().warning(error.what(),
                             {{"component", node.name},
                              {"again_in", format_duration_us(pause)},
                              {"gives_up_in", format_duration_us(seconds_left * 1'000'000)}});
      clock_.wait_until(std::min(now + pause, give_up), stop_);
    }
  }
}

std::vector<SourceInput> InputPlanner::next(bool fixed_end, bool without_limit) {
  std::vector<SourceInput> inputs;
  for (const auto& each : positions_) {
    const auto node = each.first;
    const auto& position = each.second;
    const auto& planned = plan_.nodes[node];
    auto& target = targets_[node];
    if (!fixed_end || target.empty())
      target = ask(planned, [&](SourceHandle& source) { return source.latest(position); });
    inputs.push_back({node, position, target, ask(planned, [&](SourceHandle& source) {
                        return source.plan(position, target, without_limit);
                      })});
  }
  return inputs;
}

std::vector<SourceInput> InputPlanner::arrived() {
  std::vector<SourceInput> inputs;
  for (const auto& [node, position] : positions_) {
    const auto& from = position;
    const auto& planned = plan_.nodes[node];
    const auto target = ask(planned, [&](SourceHandle& source) { return source.arrived(from); });
    if (target == from) {
      inputs.push_back({node, from, target, {{}, {}, from, {}}});
      continue;
    }
    inputs.push_back({node, from, target, ask(planned, [&](SourceHandle& source) {
                        return source.plan(from, target, false);
                      })});
  }
  return inputs;
}

void InputPlanner::advance(const std::vector<SourceInput>& inputs) {
  for (const auto& input : inputs) positions_[input.node] = input.plan.position;
}

void InputPlanner::passed(const EpochPlan& plan) {
  for (auto& [node, position] : positions_)
    if (const auto source = plan.sources.find(plan_.nodes[node].name); source != plan.sources.end())
      position = source->second.end_position;
}

void InputPlanner::committed(const EpochPlan& plan) {
  for (const auto& [node, now] : positions_) {
    const auto& planned = plan_.nodes[node];
    const auto source = plan.sources.find(planned.name);
    if (source == plan.sources.end()) continue;
    try {
      planned.source->handle->committed(source->second.end_position);
    } catch (const Error& error) {
      monitor_.log().warning(error.what(), {{"component", planned.name}});
    }
  }
}

std::map<std::string, std::string> InputPlanner::positions() const {
  std::map<std::string, std::string> positions;
  for (const auto& [node, position] : positions_) positions[plan_.nodes[node].name] = position;
  return positions;
}

}  // namespace millrace

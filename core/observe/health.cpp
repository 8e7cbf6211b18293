#include "core/observe/health.hpp"

#include <algorithm>

#include "millrace/error.hpp"

namespace millrace::observe {
namespace {

constexpr int64_t second_us = 1'000'000;
constexpr int64_t shortest_stuck_us = 300 * second_us;

}  // namespace

std::string_view name_of(PipelineState state) {
  switch (state) {
    case PipelineState::starting:
      return "starting";
    case PipelineState::running:
      return "running";
    case PipelineState::idle:
      return "idle";
    case PipelineState::stopping:
      return "stopping";
    case PipelineState::finished:
      return "finished";
    case PipelineState::failed:
      return "failed";
  }
  throw Error::internal("a pipeline state without a name");
}

HealthBoard::HealthBoard(std::optional<int64_t> trigger_interval_us)
    : stuck_after_us_(std::max(shortest_stuck_us, 10 * trigger_interval_us.value_or(0))) {}

void HealthBoard::set_state(PipelineState state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
}

void HealthBoard::failed(std::string reason) {
  const std::lock_guard lock(mutex_);
  state_ = PipelineState::failed;
  failure_ = std::move(reason);
}

void HealthBoard::component_waits(std::string component, std::string reason) {
  const std::lock_guard lock(mutex_);
  waiting_.insert_or_assign(std::move(component), std::move(reason));
}

void HealthBoard::component_ready(const std::string& component) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(component);
}

void HealthBoard::component_stuck(std::string component, std::string reason) {
  const std::lock_guard lock(mutex_);
  stuck_.insert_or_assign(std::move(component), std::move(reason));
}

void HealthBoard::component_came_back(const std::string& component) {
  const std::lock_guard lock(mutex_);
  stuck_.erase(component);
}

void HealthBoard::epoch_started(int64_t now_us) {
  const std::lock_guard lock(mutex_);
  epoch_started_us_ = now_us;
}

void HealthBoard::epoch_ended() {
  const std::lock_guard lock(mutex_);
  epoch_started_us_.reset();
}

void HealthBoard::caught_up() {
  const std::lock_guard lock(mutex_);
  caught_up_ = true;
}

ProbeResult HealthBoard::ready() const {
  const std::lock_guard lock(mutex_);
  ProbeResult result;
  if (state_ == PipelineState::failed) {
    result.reasons.push_back({"", "the pipeline failed: " + failure_});
  } else if (state_ != PipelineState::running && state_ != PipelineState::idle) {
    result.reasons.push_back({"", "the pipeline is " + std::string(name_of(state_))});
  }
  for (const auto& [component, reason] : waiting_) result.reasons.push_back({component, reason});
  if (!caught_up_) result.reasons.push_back({"", "no epoch has been committed yet"});
  return result;
}

ProbeResult HealthBoard::healthy(int64_t now_us) const {
  const std::lock_guard lock(mutex_);
  ProbeResult result;
  if (state_ == PipelineState::failed) {
    result.reasons.push_back({"", "the pipeline failed: " + failure_});
  }
  if (epoch_started_us_ && now_us - *epoch_started_us_ > stuck_after_us_) {
    result.reasons.push_back({"", "one epoch has been running for " +
                                      std::to_string((now_us - *epoch_started_us_) / second_us) +
                                      " s"});
  }
  for (const auto& [component, reason] : stuck_) result.reasons.push_back({component, reason});
  return result;
}

PipelineState HealthBoard::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace millrace::observe

#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/plan/plan.hpp"
#include "core/system/clock.hpp"
#include "core/system/stop_signal.hpp"
#include "core/system/wake_signal.hpp"

namespace millrace {

/// For how long a pipeline may wait for input to be announced before it asks by itself.
inline int64_t longest_wait_us(const Plan& plan) {
  constexpr int64_t poll_us = 10'000;
  int64_t result = 1'000'000;  // New topics are looked for now and then, whatever is announced.
  for (const auto& node : plan.nodes)
    if (node.source && !node.source->handle->announces()) return poll_us;
  // A partition that falls idle lets the watermark go on, though nothing arrives.
  for (const auto& watermark : plan.watermarks)
    if (watermark.idle_after_us)
      result = std::clamp(*watermark.idle_after_us / 10, poll_us, result);
  return result;
}

/// Waits for input: an announcement ends the wait, and so does the time after which one asks
/// anyway.
class InputWait {
 public:
  InputWait(Clock& clock, const StopSignal& stop, WakeSignal& arrivals, int64_t longest_us)
      : clock_(clock), stop_(stop), arrivals_(arrivals), longest_us_(longest_us) {}

  /// Until there may be input, but no longer than to `deadline_us`; false: asked to stop.
  bool operator()(int64_t deadline_us = std::numeric_limits<int64_t>::max()) {
    const auto until = std::min(deadline_us, clock_.steady_us() + longest_us_);
    return clock_.wait(until, stop_, arrivals_) != Woken::stop;
  }

 private:
  Clock& clock_;
  const StopSignal& stop_;
  WakeSignal& arrivals_;
  int64_t longest_us_;
};

}  // namespace millrace

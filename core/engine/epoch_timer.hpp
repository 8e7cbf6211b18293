#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "core/observe/epoch_progress.hpp"
#include "core/system/clock.hpp"

namespace millrace {

/// Measures the phases of one epoch.
struct EpochTimer {
  explicit EpochTimer(const Clock& from)
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

}  // namespace millrace

#include "core/system/system_clock.hpp"

#include <algorithm>
#include <chrono>

#include "core/system/stop_signal.hpp"

namespace millrace {

std::int64_t SystemClock::now_us() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::int64_t SystemClock::monotonic_ns() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool SystemClock::wait_until(std::int64_t deadline_us, const StopSignal& stop) {
  // The time is read again every second, so that a wall clock that is set while we wait is noticed.
  constexpr std::int64_t longest_wait_ms = 1000;
  for (;;) {
    if (stop.requested()) return false;
    const std::int64_t now = now_us();
    if (now >= deadline_us) return true;
    const std::int64_t left_ms = (deadline_us - now + 999) / 1000;
    if (stop.wait_requested(std::min(left_ms, longest_wait_ms))) return false;
  }
}

}  // namespace millrace

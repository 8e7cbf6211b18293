#include "core/system/system_clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>

#include "millrace/error.hpp"

#include "core/system/stop_signal.hpp"
#include "core/system/wake_signal.hpp"

namespace millrace {
namespace {

// As much as poll() takes, and more.
constexpr std::int64_t longest_wait_us = 3'600'000'000;

}  // namespace

SystemClock::SystemClock() : ahead_us_(now_us() - monotonic_ns() / 1000) {}

std::int64_t SystemClock::steady_us() const { return ahead_us_ + monotonic_ns() / 1000; }

std::int64_t SystemClock::now_us() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::int64_t SystemClock::monotonic_ns() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool SystemClock::wait_until(std::int64_t deadline_us, const StopSignal& stop) {
  for (;;) {
    if (stop.requested()) return false;
    const std::int64_t left_us = std::min(deadline_us - steady_us(), longest_wait_us);
    if (left_us <= 0) return true;
    if (stop.wait_requested((left_us + 999) / 1000)) return false;
  }
}

Woken SystemClock::wait(std::int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) {
  std::array<pollfd, 2> events{pollfd{signal.descriptor(), POLLIN, 0},
                               pollfd{stop.requested_descriptor(), POLLIN, 0}};
  for (;;) {
    if (stop.requested()) return Woken::stop;
    if (signal.take()) return Woken::signal;
    const std::int64_t left_us = std::min(deadline_us - steady_us(), longest_wait_us);
    if (left_us <= 0) return Woken::deadline;
    const timespec left{left_us / 1'000'000, left_us % 1'000'000 * 1000};
    if (ppoll(events.data(), events.size(), &left, nullptr) < 0 && errno != EINTR)
      throw Error::external("cannot wait for the next event");
  }
}

}  // namespace millrace

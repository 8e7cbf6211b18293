#include "core/system/stop_signal.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "millrace/error.hpp"

namespace millrace {
namespace {

int make_event() {
  const int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) throw Error::external("cannot create an event descriptor: too many open files?");
  return event;
}

bool wait_readable(int descriptor, std::int64_t timeout_ms) {
  using Time = std::chrono::steady_clock;
  const auto end = Time::now() + std::chrono::milliseconds(std::max<std::int64_t>(timeout_ms, 0));
  for (;;) {
    int wait_ms = -1;
    if (timeout_ms >= 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Time::now()).count();
      wait_ms =
          static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
    }
    pollfd event{descriptor, POLLIN, 0};
    const int ready = poll(&event, 1, wait_ms);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw Error::external("cannot wait for the stop signal");
    if (ready == 0 && timeout_ms >= 0 && Time::now() >= end) return false;
  }
}

}  // namespace

StopSignal::StopSignal() : requested_descriptor_(make_event()), forced_descriptor_(make_event()) {}

StopSignal::~StopSignal() {
  close(requested_descriptor_);
  close(forced_descriptor_);
}

void StopSignal::request() noexcept {
  const int saved_errno = errno;  // the code that a signal handler interrupts may be looking at it
  const std::uint32_t before = requests_.fetch_add(1, std::memory_order_acq_rel);
  if (before <= 1) {
    const std::uint64_t one = 1;
    const int event = before == 0 ? requested_descriptor_ : forced_descriptor_;
    [[maybe_unused]] const ssize_t written = write(event, &one, sizeof one);
  }
  errno = saved_errno;
}

bool StopSignal::wait_requested(std::int64_t timeout_ms) const {
  return requested() || wait_readable(requested_descriptor_, timeout_ms);
}

bool StopSignal::wait_forced(std::int64_t timeout_ms) const {
  return forced() || wait_readable(forced_descriptor_, timeout_ms);
}

}  // namespace millrace

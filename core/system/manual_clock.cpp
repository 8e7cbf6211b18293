#include "core/system/manual_clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "millrace/error.hpp"

#include "core/system/stop_signal.hpp"
#include "core/system/wake_signal.hpp"

namespace millrace {

ManualClock::ManualClock(std::int64_t start_us, WhenWaiting when_waiting)
    : start_us_(start_us), when_waiting_(when_waiting) {}

void ManualClock::advance(std::int64_t duration_us) {
  const std::lock_guard lock(mutex_);
  elapsed_us_ += duration_us;
  for (const int waiter : waiters_) eventfd_write(waiter, 1);
}

std::size_t ManualClock::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

std::int64_t ManualClock::now_us() const {
  const std::lock_guard lock(mutex_);
  return start_us_ + elapsed_us_ + jumped_us_;
}

std::int64_t ManualClock::steady_us() const {
  const std::lock_guard lock(mutex_);
  return start_us_ + elapsed_us_;
}

void ManualClock::set_now(std::int64_t now_us) {
  const std::lock_guard lock(mutex_);
  jumped_us_ = now_us - start_us_ - elapsed_us_;
}

std::int64_t ManualClock::monotonic_ns() const {
  const std::lock_guard lock(mutex_);
  return elapsed_us_ * 1000;
}

bool ManualClock::wait_until(std::int64_t deadline_us, const StopSignal& stop) {
  return block(deadline_us, stop, nullptr) == Woken::deadline;
}

Woken ManualClock::wait(std::int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) {
  return block(deadline_us, stop, &signal);
}

Woken ManualClock::block(std::int64_t deadline_us, const StopSignal& stop, WakeSignal* signal) {
  if (stop.requested()) return Woken::stop;
  if (signal != nullptr && signal->take()) return Woken::signal;
  if (when_waiting_ == WhenWaiting::jump) {
    const std::lock_guard lock(mutex_);
    elapsed_us_ = std::max(elapsed_us_, deadline_us - start_us_);
    return Woken::deadline;
  }
  const int event = eventfd(0, EFD_CLOEXEC);
  if (event < 0) throw Error::external("cannot create an event descriptor");
  auto woken = Woken::stop;
  std::unique_lock lock(mutex_);
  waiters_.push_back(event);
  while (!stop.requested()) {
    if (start_us_ + elapsed_us_ >= deadline_us) woken = Woken::deadline;
    if (signal != nullptr && signal->take()) woken = Woken::signal;
    if (woken != Woken::stop) break;
    lock.unlock();
    std::array<pollfd, 3> events{pollfd{event, POLLIN, 0},
                                 pollfd{stop.requested_descriptor(), POLLIN, 0},
                                 pollfd{signal == nullptr ? -1 : signal->descriptor(), POLLIN, 0}};
    while (poll(events.data(), events.size(), -1) < 0 && errno == EINTR) {
    }
    if (events[0].revents != 0) {
      eventfd_t ignored = 0;
      eventfd_read(event, &ignored);
    }
    lock.lock();
  }
  std::erase(waiters_, event);
  lock.unlock();
  close(event);
  return stop.requested() ? Woken::stop : woken;
}

}  // namespace millrace

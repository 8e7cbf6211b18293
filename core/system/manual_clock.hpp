#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "core/system/clock.hpp"

namespace millrace {

// A clock that stands still until it is told to move. All readings move together. Thread-safe.
class ManualClock final : public Clock {
 public:
  enum class WhenWaiting {
    jump,   // wait_until() moves the time to the deadline at once: for pipelines in one thread
    block,  // wait_until() blocks until another thread calls advance() or requests the stop
  };

  explicit ManualClock(std::int64_t start_us, WhenWaiting when_waiting = WhenWaiting::jump);

  void advance(std::int64_t duration_us);
  // As if somebody set the machine's clock: now_us() alone jumps.
  void set_now(std::int64_t now_us);

  // Number of threads that are blocked in wait_until() now.
  std::size_t waiting() const;

  std::int64_t now_us() const override;
  std::int64_t steady_us() const override;
  std::int64_t monotonic_ns() const override;
  bool wait_until(std::int64_t deadline_us, const StopSignal& stop) override;
  // With WhenWaiting::jump the time moves only where the signal is not raised yet.
  Woken wait(std::int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) override;

 private:
  Woken block(std::int64_t deadline_us, const StopSignal& stop, WakeSignal* signal);

  mutable std::mutex mutex_;
  const std::int64_t start_us_;
  const WhenWaiting when_waiting_;
  std::int64_t elapsed_us_ = 0;
  std::int64_t jumped_us_ = 0;
  std::vector<int> waiters_;  // one event descriptor per thread that waits
};

}  // namespace millrace

#pragma once

#include <atomic>

namespace millrace {

// Wakes the one thread that waits on it (Clock::wait). Raising is thread-safe, cheap when it is
// raised already, and never lost: a signal raised before the wait ends it at once.
class WakeSignal {
 public:
  WakeSignal();
  ~WakeSignal();
  WakeSignal(const WakeSignal&) = delete;
  WakeSignal& operator=(const WakeSignal&) = delete;

  void raise() noexcept;
  // Whether it was raised since the last call. What was done before it was raised is visible.
  bool take() noexcept;

  int descriptor() const noexcept { return descriptor_; }  // readable once raised: for poll()

 private:
  std::atomic<bool> raised_{false};
  int descriptor_ = -1;
};

}  // namespace millrace

#pragma once

#include <atomic>
#include <cstdint>

namespace millrace {

// The wish to stop. The first request asks to finish the running epoch and end; the second one asks
// to end at once. request() is safe in a signal handler; waiting is possible on the descriptors.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void request() noexcept;

  bool requested() const noexcept { return requests_.load(std::memory_order_acquire) >= 1; }
  bool forced() const noexcept { return requests_.load(std::memory_order_acquire) >= 2; }

  // Blocks at most `timeout_ms` milliseconds (negative: without end) for the request.
  bool wait_requested(std::int64_t timeout_ms) const;
  bool wait_forced(std::int64_t timeout_ms) const;

  // Becomes readable with the first (second) request and stays so: for poll().
  int requested_descriptor() const noexcept { return requested_descriptor_; }
  int forced_descriptor() const noexcept { return forced_descriptor_; }

 private:
  std::atomic<std::uint32_t> requests_{0};
  int requested_descriptor_ = -1;
  int forced_descriptor_ = -1;
};

}  // namespace millrace

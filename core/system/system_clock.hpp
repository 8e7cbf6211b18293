#pragma once

#include "core/system/clock.hpp"

namespace millrace {

// The machine's clock.
class SystemClock final : public Clock {
 public:
  SystemClock();

  std::int64_t now_us() const override;
  std::int64_t steady_us() const override;
  std::int64_t monotonic_ns() const override;
  bool wait_until(std::int64_t deadline_us, const StopSignal& stop) override;
  Woken wait(std::int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) override;

 private:
  const std::int64_t ahead_us_;  // of the wall clock before the monotonic one, at the beginning
};

}  // namespace millrace

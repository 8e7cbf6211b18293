#pragma once

#include "core/system/clock.hpp"

namespace millrace {

// The machine's clock.
class SystemClock final : public Clock {
 public:
  std::int64_t now_us() const override;
  std::int64_t monotonic_ns() const override;
  bool wait_until(std::int64_t deadline_us, const StopSignal& stop) override;
  Woken wait(std::int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) override;
};

}  // namespace millrace

#pragma once

#include <cstdint>

namespace millrace {

class StopSignal;
class WakeSignal;

// Why a wait ended.
enum class Woken { deadline, signal, stop };

// Tells the time and waits for it. Everything in the core that depends on time takes a Clock.
class Clock {
 public:
  virtual ~Clock() = default;

  // Microseconds since 1970 UTC. May jump when somebody sets the machine's clock.
  virtual std::int64_t now_us() const = 0;

  // Nanoseconds from an arbitrary start. Never goes back: for durations.
  virtual std::int64_t monotonic_ns() const = 0;

  // Blocks until now_us() has reached `deadline_us` (true) or a stop is requested (false).
  // A stop that was requested before counts, also when the deadline has passed.
  virtual bool wait_until(std::int64_t deadline_us, const StopSignal& stop) = 0;

  // Blocks until the deadline, a stop, or the signal, which it takes.
  virtual Woken wait(std::int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) = 0;
};

}  // namespace millrace

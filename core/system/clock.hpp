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

  // Microseconds since 1970 UTC. May jump when somebody sets the machine's clock: for people, and
  // for what must be told by the calendar.
  virtual std::int64_t now_us() const = 0;

  // The same, but for what happened to the machine's clock since the process began: for deadlines,
  // and for lengths of time that a restart must not lose. A clock that nobody sets has one time.
  virtual std::int64_t steady_us() const { return now_us(); }

  // Nanoseconds from an arbitrary start. Never goes back: for durations.
  virtual std::int64_t monotonic_ns() const = 0;

  // Blocks until steady_us() has reached `deadline_us` (true) or a stop is requested (false).
  // A stop that was requested before counts, also when the deadline has passed.
  virtual bool wait_until(std::int64_t deadline_us, const StopSignal& stop) = 0;

  // Blocks until the deadline, a stop, or the signal, which it takes.
  virtual Woken wait(std::int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) = 0;
};

}  // namespace millrace

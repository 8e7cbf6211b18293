#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>

#include "core/system/clock.hpp"
#include "core/system/stop_signal.hpp"
#include "core/system/wake_signal.hpp"

namespace millrace::simulation {

/// Virtual time: a wait moves it. It goes on over all lives of the process. The wall clock beside
/// it may be set.
class SimulatedClock final : public Clock {
 public:
  /// Microseconds since the simulation began.
  int64_t elapsed_us() const { return elapsed_us_; }
  void advance(int64_t duration_us) { elapsed_us_ += duration_us; }
  void advance_to(int64_t elapsed_us) { elapsed_us_ = std::max(elapsed_us_, elapsed_us); }
  /// Somebody sets the machine's clock.
  void jump(int64_t by_us) { jumped_us_ += by_us; }

  /// A life of the process: it is asked to stop when somebody would wait beyond `limit_us`.
  void begin_life(StopSignal& stop, int64_t limit_us,
                  std::function<std::optional<int64_t>()> next) {
    stop_ = &stop;
    limit_us_ = limit_us;
    next_arrival_ = std::move(next);
    reached_limit_ = false;
    jumped_before_us_ = jumped_us_;
  }
  bool reached_limit() const { return reached_limit_; }

  int64_t now_us() const override { return start_us + jumped_us_ + elapsed_us_; }
  int64_t steady_us() const override { return start_us + jumped_before_us_ + elapsed_us_; }
  int64_t monotonic_ns() const override { return elapsed_us_ * 1000; }

  bool wait_until(int64_t deadline_us, const StopSignal& stop) override {
    if (stop.requested()) return false;
    pass(deadline_us - steady_us());
    return !stop.requested();
  }

  // A source that announces wakes whoever waits when its next row arrives.
  Woken wait(int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) override {
    if (stop.requested()) return Woken::stop;
    if (signal.take()) return Woken::signal;
    const int64_t left_us = deadline_us - steady_us();
    const auto arrival = next_arrival_();
    const bool announced = arrival && *arrival - elapsed_us_ <= left_us;
    pass(announced ? *arrival - elapsed_us_ : left_us);
    if (stop.requested()) return Woken::stop;
    return announced ? Woken::signal : Woken::deadline;
  }

 private:
  static constexpr int64_t start_us = 1'700'000'000'000'000;

  void pass(int64_t duration_us) {
    if (duration_us <= 0) return;
    if (duration_us > limit_us_ - elapsed_us_) {
      elapsed_us_ = std::max(elapsed_us_, limit_us_);
      reached_limit_ = true;
      stop_->request();
    } else {
      elapsed_us_ += duration_us;
    }
  }

  int64_t elapsed_us_ = 0;
  int64_t jumped_us_ = 0;
  int64_t jumped_before_us_ = 0;  // this life
  StopSignal* stop_ = nullptr;
  int64_t limit_us_ = 0;
  bool reached_limit_ = false;
  std::function<std::optional<int64_t>()> next_arrival_;
};

}  // namespace millrace::simulation

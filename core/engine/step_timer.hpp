#pragma once
#include "core/observe/tally.hpp"
#include "core/system/clock.hpp"

namespace millrace {

/// The time of the steps of one lane. Steps call each other, so a step's own time is what passes in
/// it less what passes in the steps that it calls.
class StepTimer {
 public:
  explicit StepTimer(const Clock& clock) : clock_(clock) {}

  int64_t now_ns() const { return clock_.monotonic_ns(); }
  double seconds_since(int64_t begun_ns) const {
    return static_cast<double>(now_ns() - begun_ns) * 1e-9;
  }

  /// Measures from here to the end of the scope.
  class Own {
   public:
    Own(StepTimer& timer, observe::DurationTally& tally)
        : timer_(timer), tally_(tally), begun_ns_(timer.now_ns()), outer_(timer.inner_) {
      timer_.inner_ = 0;
    }
    ~Own() {
      const double all = timer_.seconds_since(begun_ns_);
      tally_.observe(all - timer_.inner_);
      timer_.inner_ = outer_ + all;
    }
    Own(const Own&) = delete;
    Own& operator=(const Own&) = delete;

   private:
    StepTimer& timer_;
    observe::DurationTally& tally_;
    int64_t begun_ns_;
    double outer_;
  };

 private:
  const Clock& clock_;
  double inner_ = 0;  // seconds spent in called steps since the last Own began
};

}  // namespace millrace

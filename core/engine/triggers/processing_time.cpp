#include "core/engine/trigger_policy.hpp"

namespace millrace {
namespace {

// At multiples of the interval since 1970, as Spark does; the first epoch starts at once. After an
// epoch that took too long the next one starts at once, and ticks that were missed are gone. No
// epoch waits for longer than the interval, wherever the wall clock was set to meanwhile.
class ProcessingTimeTrigger final : public TriggerPolicy {
 public:
  explicit ProcessingTimeTrigger(int64_t interval_us) : interval_us_(interval_us) {}

  bool wait(Clock& clock, const StopSignal& stop) override {
    delayed_ = next_us_ != 0 && clock.steady_us() > next_us_ + interval_us_;
    const bool go_on = next_us_ == 0 ? !stop.requested() : clock.wait_until(next_us_, stop);
    next_us_ = clock.steady_us() + interval_us_ - clock.now_us() % interval_us_;
    return go_on;
  }
  bool idle(InputWait&) override { return true; }
  bool delayed() const override { return delayed_; }

 private:
  int64_t interval_us_;
  int64_t next_us_ = 0;  // of steady time
  bool delayed_ = false;
};

}  // namespace

std::unique_ptr<TriggerPolicy> make_processing_time_trigger(const Trigger& trigger) {
  // An interval of zero is Spark's "as fast as possible".
  if (trigger.interval_us == 0) return make_default_trigger(trigger);
  return std::make_unique<ProcessingTimeTrigger>(trigger.interval_us);
}

}  // namespace millrace

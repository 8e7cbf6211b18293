#include "core/engine/trigger_policy.hpp"

namespace millrace {
namespace {

// Rounds over whatever has arrived, back to back; what they did is made durable every interval.
class ContinuousTrigger final : public TriggerPolicy {
 public:
  explicit ContinuousTrigger(int64_t interval_us) : interval_us_(interval_us) {}

  bool wait(Clock&, const StopSignal& stop) override { return !stop.requested(); }
  bool idle(InputWait& wait_for_input) override { return wait_for_input(); }
  std::optional<int64_t> epoch_length_us() const override { return interval_us_; }

 private:
  int64_t interval_us_;
};

}  // namespace

std::unique_ptr<TriggerPolicy> make_continuous_trigger(const Trigger& trigger) {
  return std::make_unique<ContinuousTrigger>(trigger.interval_us);
}

}  // namespace millrace

#include "core/engine/trigger_policy.hpp"

namespace millrace {
namespace {

constexpr int64_t poll_us = 10'000;

// As soon as there is input.
class DefaultTrigger final : public TriggerPolicy {
 public:
  bool wait(Clock&, const StopSignal& stop) override { return !stop.requested(); }
  bool idle(Clock& clock, const StopSignal& stop) override {
    return clock.wait_until(clock.now_us() + poll_us, stop);
  }
};

}  // namespace

std::unique_ptr<TriggerPolicy> make_default_trigger(const Trigger&) {
  return std::make_unique<DefaultTrigger>();
}

}  // namespace millrace

#include "core/engine/trigger_policy.hpp"

namespace millrace {
namespace {

// As soon as there is input.
class DefaultTrigger final : public TriggerPolicy {
 public:
  bool wait(Clock&, const StopSignal& stop) override { return !stop.requested(); }
  bool idle(InputWait& wait_for_input) override { return wait_for_input(); }
};

}  // namespace

std::unique_ptr<TriggerPolicy> make_default_trigger(const Trigger&) {
  return std::make_unique<DefaultTrigger>();
}

}  // namespace millrace

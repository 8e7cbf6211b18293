#include "core/engine/trigger_policy.hpp"

namespace millrace {
namespace {

// What is there at the start, in as many epochs as the sources' limits make of it.
class AvailableNowTrigger final : public TriggerPolicy {
 public:
  bool wait(Clock&, const StopSignal& stop) override { return !stop.requested(); }
  bool idle(InputWait&) override { return false; }
  bool fixes_end() const override { return true; }
};

}  // namespace

std::unique_ptr<TriggerPolicy> make_available_now_trigger(const Trigger&) {
  return std::make_unique<AvailableNowTrigger>();
}

}  // namespace millrace

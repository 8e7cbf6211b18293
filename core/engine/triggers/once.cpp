#include "core/engine/trigger_policy.hpp"

namespace millrace {
namespace {

// One epoch of all there is.
class OnceTrigger final : public TriggerPolicy {
 public:
  bool wait(Clock&, const StopSignal& stop) override {
    const bool first = !ran_;
    ran_ = true;
    return first && !stop.requested();
  }
  bool idle(InputWait&) override { return false; }
  bool takes_all() const override { return true; }
  bool follows_watermark() const override { return false; }

 private:
  bool ran_ = false;
};

}  // namespace

std::unique_ptr<TriggerPolicy> make_once_trigger(const Trigger&) {
  return std::make_unique<OnceTrigger>();
}

}  // namespace millrace

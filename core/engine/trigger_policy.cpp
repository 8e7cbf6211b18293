#include "core/engine/trigger_policy.hpp"

#include "millrace/error.hpp"

namespace millrace {

std::unique_ptr<TriggerPolicy> make_trigger(const Trigger& trigger) {
  switch (trigger.kind) {
    case TriggerKind::default_:
      return make_default_trigger(trigger);
    case TriggerKind::processing_time:
      return make_processing_time_trigger(trigger);
    case TriggerKind::once:
      return make_once_trigger(trigger);
    case TriggerKind::available_now:
      return make_available_now_trigger(trigger);
    case TriggerKind::continuous:
      return make_continuous_trigger(trigger);
  }
  throw Error::internal("a trigger without a policy");
}

}  // namespace millrace

#include "core/expression/time_zone.hpp"
#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

class NamedZone final : public HostZone {
 public:
  explicit NamedZone(std::shared_ptr<const TimeZone> zone) : zone_(std::move(zone)) {}
  int64_t instant_of(int64_t local) const override { return zone_->from_local(local); }

 private:
  std::shared_ptr<const TimeZone> zone_;  // Shared with nothing else.
};

}  // namespace

HostMeaning PlanBuilder::host_meaning() const {
  HostMeaning meaning{config_.ansi, nullptr, config_.trigger.kind == TriggerKind::continuous};
  auto zone =
      TimeZone::find(config_.session_time_zone.value);  // An unknown one is reported by now.
  if (zone != nullptr && !zone->is_utc())
    meaning.zone = std::make_shared<NamedZone>(std::move(zone));
  return meaning;
}

}  // namespace millrace

#include "core/engine/event_time.hpp"

#include <set>

#include <nlohmann/json.hpp>

namespace millrace {
namespace {

constexpr const char* seen_event_times = "watermarks";

}  // namespace

EventTime::EventTime(const Plan& plan) : plan_(plan), watermarks_(plan) {}

std::string EventTime::save() const {
  return nlohmann::json{{"declared", watermarks_.save()}, {"used", used_}}.dump();
}

void EventTime::restore(const std::string& saved) {
  const auto state = nlohmann::json::parse(saved);
  watermarks_.restore(state.at("declared").get<std::string>());
  used_ = state.at("used").get<std::map<std::string, int64_t>>();
}

void EventTime::note_seen(EpochPlan& plan) const {
  plan.extra[seen_event_times] = watermarks_.save();
}

void EventTime::note_watermarks(EpochPlan& plan) const {
  for (const auto& node : plan_.nodes) {
    const auto watermark = watermark_for(node);
    if (watermark) plan.watermarks[node.name] = {used_by(node), *watermark};
  }
}

// The partitions that were there when the epoch was planned, of which it may read nothing.
void EventTime::restore(const EpochPlan& plan) {
  if (const auto seen = plan.extra.find(seen_event_times); seen != plan.extra.end())
    watermarks_.restore(seen->second);
}

void EventTime::forget(const std::function<bool(const std::string&)>& is_absent,
                       const std::function<void(const std::string&)>& told) {
  std::erase_if(used_, [&](const auto& each) {
    if (!is_absent(each.first)) return false;
    told(each.first);
    return true;
  });
}

void EventTime::note_presence(const std::vector<SourceInput>& inputs, int64_t now_us) {
  for (const auto& input : inputs) {
    std::vector<PartitionPresence> present;
    for (const auto& each : input.plan.partitions)
      present.push_back({each.partition, each.next >= each.latest, each.never_had_records});
    // Watermarks are declared on the source, or on a select that sees its partitions.
    for (size_t i = 0; i < plan_.watermarks.size(); ++i)
      if (plan_.watermarks[i].node == input.node) watermarks_.present(i, present, now_us);
  }
}

void EventTime::advance(int64_t now_us) { watermarks_.advance(now_us); }

void EventTime::finish(const EpochPlan& plan, const std::vector<SeenTime>& times, int64_t now_us) {
  for (const auto& seen : times) watermarks_.saw(seen.watermark, seen.partition, seen.max, now_us);
  watermarks_.advance(now_us);
  for (const auto& [transform, watermark] : plan.watermarks)
    used_[transform] = watermark.watermark_us;
}

bool EventTime::is_due() const {
  for (const auto& node : plan_.nodes) {
    const auto watermark = watermark_for(node);
    if (!watermark) continue;
    if (!node.transform->handle->binding().uses_watermark) continue;
    if ((node.modes & (MR_MODE_APPEND | MR_MODE_UPDATE)) == 0) continue;
    if (*watermark > used_by(node)) return true;
  }
  return false;
}

std::optional<int64_t> EventTime::in_force() const {
  std::set<size_t> all;
  for (size_t i = 0; i < plan_.watermarks.size(); ++i) all.insert(i);
  return watermarks_.over(all);
}

// The watermark that a stateful transform goes by. One whose rows lost their event time has no use
// for a watermark above.
std::optional<int64_t> EventTime::watermark_for(const PlannedNode& node) const {
  if (!node.keyed() || node.input.time_column < 0) return std::nullopt;
  const auto watermark = watermarks_.over(node.clock);
  if (!watermark) return std::nullopt;
  return *watermark - node.input.behind_us;
}

// The watermark of its last epoch; it begins at 1970.
int64_t EventTime::used_by(const PlannedNode& node) const {
  const auto used = used_.find(node.name);
  return used == used_.end() ? -node.input.behind_us : used->second;
}

}  // namespace millrace

#include "core/engine/watermark.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace millrace {

WatermarkTracker::WatermarkTracker(const Plan& plan)
    : plan_(plan), states_(plan.watermarks.size()) {}

void WatermarkTracker::saw(size_t watermark, const std::string& partition, int64_t max,
                           int64_t now_us) {
  auto& time = states_[watermark].partitions[partition];
  time.max = std::max(time.max.value_or(max), max);
  time.active_us = now_us;
}

void WatermarkTracker::present(size_t watermark, const std::vector<PartitionPresence>& partitions,
                               int64_t now_us) {
  auto& known = states_[watermark].partitions;
  // One that is gone, with its topic or file, has nothing more to wait for.
  if (!partitions.empty())
    std::erase_if(known, [&](const auto& one) {
      return std::ranges::none_of(partitions,
                                  [&](const auto& each) { return each.partition == one.first; });
    });
  for (const auto& each : partitions) {
    const auto found = known.find(each.partition);
    if (found != known.end()) {
      found->second.caught_up = each.caught_up;
      continue;
    }
    // What never had a record holds nothing back; what has some, but was not read yet, does.
    if (!each.never_had_records)
      known[each.partition] = {std::nullopt, now_us, each.caught_up, false};
  }
}

// The greatest event time of the partition that is furthest behind, or of the one furthest ahead.
std::optional<int64_t> WatermarkTracker::slowest(const DeclaredWatermark& declared, State& state,
                                                 int64_t now_us) const {
  std::optional<int64_t> time;
  for (auto& [name, partition] : state.partitions) {
    // The machine's clock may have been set back since a process before this one wrote that down.
    partition.active_us = std::min(partition.active_us, now_us);
    partition.idle = declared.idle_after_us && partition.caught_up &&
                     now_us - partition.active_us >= *declared.idle_after_us;
    if (declared.across == WatermarkPolicy::max) {
      if (partition.max) time = std::max(time.value_or(*partition.max), *partition.max);
      continue;
    }
    if (partition.idle) continue;
    if (!partition.max) return std::nullopt;
    time = std::min(time.value_or(*partition.max), *partition.max);
  }
  return time;
}

void WatermarkTracker::advance(int64_t now_us) {
  for (size_t i = 0; i < states_.size(); ++i) {
    const auto& declared = plan_.watermarks[i];
    if (const auto time = slowest(declared, states_[i], now_us))
      states_[i].watermark = std::max(states_[i].watermark, *time - declared.delay_us);
  }
}

std::optional<int64_t> WatermarkTracker::over(const std::set<size_t>& watermarks) const {
  std::optional<int64_t> result;
  for (const auto each : watermarks) {
    const auto time = states_[each].watermark;
    if (!result)
      result = time;
    else if (plan_.config.watermark_policy == WatermarkPolicy::max)
      result = std::max(*result, time);
    else
      result = std::min(*result, time);
  }
  return result;
}

std::string WatermarkTracker::save() const {
  nlohmann::json all = nlohmann::json::object();
  for (size_t i = 0; i < states_.size(); ++i) {
    auto& one = all[plan_.watermarks[i].name];
    one["watermark"] = states_[i].watermark;
    auto& partitions = one["partitions"] = nlohmann::json::object();
    for (const auto& [name, partition] : states_[i].partitions) {
      partitions[name]["active"] = partition.active_us;
      if (partition.max) partitions[name]["max"] = *partition.max;
    }
  }
  return all.dump();
}

void WatermarkTracker::restore(const std::string& json) {
  if (json.empty()) return;
  const auto all = nlohmann::json::parse(json);
  for (size_t i = 0; i < states_.size(); ++i) {
    const auto found = all.find(plan_.watermarks[i].name);
    if (found == all.end()) continue;
    states_[i].watermark = found->at("watermark");
    for (const auto& [name, partition] : found->at("partitions").items()) {
      auto& time = states_[i].partitions[name];
      time.active_us = partition.at("active");
      if (partition.contains("max")) time.max = partition.at("max").get<int64_t>();
    }
  }
}

}  // namespace millrace

#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/checkpoint/epoch_records.hpp"
#include "core/engine/input_planner.hpp"
#include "core/engine/stage.hpp"
#include "core/engine/watermark.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// Event time between epochs: the declared watermarks, and the one that each stateful transform has
/// gone by so far.
class EventTime {
 public:
  explicit EventTime(const Plan& plan);

  /// What a commit record keeps.
  std::string save() const;
  void restore(const std::string& saved);
  /// What a plan record keeps beside the plan: the event times and partitions known when it was
  /// made.
  void note_seen(EpochPlan& plan) const;
  /// The watermarks that its transforms go by.
  void note_watermarks(EpochPlan& plan) const;
  void restore(const EpochPlan& plan);
  /// Forgets transforms; calls told(name) for each.
  void forget(const std::function<bool(const std::string&)>& is_absent,
              const std::function<void(const std::string&)>& told);

  void note_presence(const std::vector<SourceInput>& inputs, int64_t now_us);
  /// Works out the watermarks anew: partitions that fell idle may let them go on.
  void advance(int64_t now_us);
  /// The epoch is over that saw these times.
  void finish(const EpochPlan& plan, const std::vector<SeenTime>& times, int64_t now_us);

  /// Whether a transform that emits or evicts by the watermark has not seen the present one yet.
  bool is_due() const;
  /// Over everything that is declared; none: nothing is.
  std::optional<int64_t> in_force() const;
  const WatermarkTracker& watermarks() const { return watermarks_; }

 private:
  std::optional<int64_t> watermark_for(const PlannedNode& node) const;
  int64_t used_by(const PlannedNode& node) const;

  const Plan& plan_;
  WatermarkTracker watermarks_;
  std::map<std::string, int64_t> used_;  // by transform: the watermark of its last epoch
};

}  // namespace millrace

#pragma once
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "core/engine/exchange.hpp"
#include "core/engine/stage_graph.hpp"
#include "core/engine/step_timer.hpp"
#include "core/engine/steps.hpp"

namespace millrace {

class CrashSuspects;

/// Where lanes of different stages meet, and what they all look at.
struct MeetingPoints {
  const Plan& plan;
  const StageGraph& graph;
  const Clock& clock;
  std::map<size_t, Exchange> exchanges;                   ///< by keyed node
  std::map<std::pair<size_t, uint32_t>, Gather> gathers;  ///< by node and mode
  const CrashSuspects* suspects = nullptr;                ///< of this epoch; null: none
};

/// One task's tree of steps. Lanes live as long as the pipeline and serve round after round; one
/// thread at a time uses a lane.
class Lane {
 public:
  Lane(MeetingPoints& points, LanePosition position);
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Builds the steps behind an output of a node.
  Fan fan(size_t node, OutputPort port, uint32_t mode);
  Outlet outlet(size_t node, uint32_t mode);
  /// The step of a component that rows were gathered for.
  Step& root(size_t node, uint32_t mode, size_t input = 0);

  void begin(const RoundContext& round);
  void end(const RoundContext& round);
  /// Whether it gains by a lane before it, whose round ends with end(round, *this).
  bool joins_ranges() const { return !front_halves_.empty(); }
  /// Ends the round but for what front halves that may see several ranges have of it: `next`, a
  /// lane of the same stage whose turn it is now, goes on with that.
  void end(const RoundContext& round, Lane& next);
  void abandon(const Error& cause) noexcept;

  /// Of the epoch so far.
  Counts& counts() { return counts_; }
  StepTimer& timer() { return timer_; }
  LanePosition position() const { return position_; }
  /// What this lane saw of each watermark declared in it.
  std::vector<std::pair<size_t, int64_t>> take_event_times();
  void note_observer(size_t watermark, WatermarkObserver& observer) {
    observers_.emplace_back(watermark, &observer);
  }

 private:
  Step& make_step(size_t node, uint32_t mode, size_t input);
  Step& make_transform(size_t node, uint32_t mode, size_t input);
  int32_t partition_of(size_t sink) const;

  MeetingPoints& points_;
  LanePosition position_;
  bool in_epoch_ = false;  // has run a round of an epoch that has not ended
  Counts counts_;
  StepTimer timer_;
  std::vector<std::unique_ptr<Step>> steps_;  // writers before their readers
  std::vector<TransformStep*> front_halves_;  // that join ranges; alike in all lanes of a stage
  std::vector<std::pair<size_t, WatermarkObserver*>> observers_;
};

}  // namespace millrace

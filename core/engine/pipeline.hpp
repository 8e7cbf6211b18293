#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/input_planner.hpp"
#include "core/engine/progress_report.hpp"
#include "core/engine/runtime.hpp"
#include "core/engine/tables.hpp"
#include "core/engine/trigger_policy.hpp"
#include "core/engine/watermark.hpp"
#include "core/observe/monitor.hpp"
#include "core/system/clock.hpp"
#include "core/system/executor.hpp"
#include "core/system/stop_signal.hpp"

namespace millrace {

/// The outside world of a pipeline.
struct PipelineParts {
  Clock& clock;
  Executor& executor;
  const StopSignal& stop;
  Checkpoint& checkpoint;
  observe::Monitor& monitor;
  std::string run_id;
};

/// A plan at work: the epoch loop.
class Pipeline {
 public:
  Pipeline(const Plan& plan, PipelineParts parts);

  /// Runs until the trigger says that the pipeline is done, or a stop is asked for. Throws Error
  /// where an epoch fails; everything committed before stays, and a new Pipeline on the same
  /// checkpoint goes on from there.
  void run();

 private:
  struct Timer;

  void recover();
  void forget_the_absent(const EpochCommit& last);
  bool run_next_epoch();
  void run_epoch(const EpochPlan& plan, const std::vector<SourceInput>& inputs, Timer& timer,
                 bool planned);

  EpochPlan make_plan(const std::vector<SourceInput>& inputs, bool has_data) const;
  std::optional<int64_t> watermark_for(const PlannedNode& node) const;
  int64_t used_by(const PlannedNode& node) const;
  bool watermark_is_due() const;
  void note_presence(const std::vector<SourceInput>& inputs);
  CommitSize commit(const EpochPlan& plan, Timer& timer);
  void finish_epoch(const EpochPlan& plan, const RoundResult& round);

  const Plan& plan_;
  PipelineParts parts_;
  std::unique_ptr<TriggerPolicy> trigger_;
  Runtime runtime_;
  InputPlanner planner_;
  Tables tables_;
  WatermarkTracker watermarks_;
  ProgressReport report_;
  std::map<std::string, int64_t> used_;  ///< by transform: the watermark of its last epoch
  uint64_t next_epoch_ = 0;
};

}  // namespace millrace

#pragma once
#include <memory>
#include <optional>
#include <string>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/crash_suspects.hpp"
#include "core/engine/deliveries.hpp"
#include "core/engine/epoch_runner.hpp"
#include "core/engine/event_time.hpp"
#include "core/engine/input_planner.hpp"
#include "core/engine/input_wait.hpp"
#include "core/engine/memory_budget.hpp"
#include "core/engine/round_loop.hpp"
#include "core/engine/runtime.hpp"
#include "core/engine/sink_decider.hpp"
#include "core/engine/tables.hpp"
#include "core/engine/trigger_policy.hpp"
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
  WakeSignal& arrivals;             ///< raised when a source may have more input
  SinkDecider* decider = nullptr;   ///< the checkpoint's; null where the plan has none
  CrashSuspects suspects = {};      ///< what earlier processes died of
  ProcessMemory* memory = nullptr;  ///< null: not looked at
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
  void recover();
  void deliver_the_last();
  void forget_the_absent(const EpochCommit& last);
  bool run_next_epoch();
  bool follows_watermark() const;
  bool watermark_is_due() const;
  EpochParts epoch_parts();

  const Plan& plan_;
  PipelineParts parts_;
  std::unique_ptr<TriggerPolicy> trigger_;
  Runtime runtime_;
  InputPlanner planner_;
  Tables tables_;
  EventTime event_time_;
  MemoryBudget memory_;
  Deliveries deliveries_;
  EpochRunner epochs_;
  InputWait wait_for_input_;
  std::optional<RoundLoop> rounds_;  // where epochs are more than one round
};

}  // namespace millrace

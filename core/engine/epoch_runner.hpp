#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/epoch_timer.hpp"
#include "core/engine/event_time.hpp"
#include "core/engine/input_planner.hpp"
#include "core/engine/progress_report.hpp"
#include "core/engine/runtime.hpp"
#include "core/engine/sink_decider.hpp"
#include "core/engine/tables.hpp"
#include "core/observe/monitor.hpp"
#include "core/system/clock.hpp"

namespace millrace {

/// What an epoch works with.
struct EpochParts {
  Clock& clock;
  Checkpoint& checkpoint;
  observe::Monitor& monitor;
  Runtime& runtime;
  InputPlanner& planner;
  Tables& tables;
  EventTime& event_time;
  SinkDecider* decider;  ///< null: the checkpoint decides
};

/// Plans epochs, runs them and makes them durable: the life of an epoch of ARCHITECTURE.md.
class EpochRunner {
 public:
  EpochRunner(const Plan& plan, EpochParts parts, const std::string& run_id);

  /// The number of the next epoch.
  uint64_t next() const { return next_; }
  /// After a restart.
  void go_on_from(uint64_t epoch) { next_ = epoch; }

  /// The record of an epoch over the input, none for an epoch without rows.
  EpochPlan plan(const std::vector<SourceInput>& inputs, bool has_data) const;
  /// Runs an epoch; `planned`: its plan is durable already.
  void run(const EpochPlan& plan, const std::vector<SourceInput>& inputs, EpochTimer& timer,
           bool planned);
  /// Between epochs: tells the decider of the last one again before it forgets.
  void repeat_decision();

 private:
  CommitSize commit(const EpochPlan& plan, EpochTimer& timer);

  const Plan& plan_;
  EpochParts parts_;
  ProgressReport report_;
  uint64_t next_ = 0;
  int64_t decided_us_;  ///< when the decider last heard of us
};

}  // namespace millrace

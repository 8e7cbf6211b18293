#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/deliveries.hpp"
#include "core/engine/epoch_timer.hpp"
#include "core/engine/event_time.hpp"
#include "core/engine/input_planner.hpp"
#include "core/engine/progress_report.hpp"
#include "core/engine/runtime.hpp"
#include "core/engine/sink_decider.hpp"
#include "core/engine/tables.hpp"
#include "core/observe/monitor.hpp"
#include "core/system/clock.hpp"
#include "core/system/wake_signal.hpp"

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
  Deliveries& deliveries;
  SinkDecider* decider;    ///< null: the checkpoint decides
  WakeSignal& arrivals;    ///< raised when an epoch was made durable in the background
  bool in_background;      ///< whether that may be
  bool follows_watermark;  ///< an epoch without rows comes after one that moved the watermark
};

/// Plans epochs, runs them and makes them durable: the life of an epoch of ARCHITECTURE.md.
class EpochRunner {
 public:
  EpochRunner(const Plan& plan, EpochParts parts, const std::string& run_id);
  ~EpochRunner();

  /// The number of the next epoch.
  uint64_t next() const { return next_; }
  /// After a restart.
  void go_on_from(uint64_t epoch) { next_ = epoch; }

  /// The record of an epoch over the input, none for an epoch without rows.
  EpochPlan plan(const std::vector<SourceInput>& inputs, bool has_data) const;
  /// Runs an epoch; `planned`: its plan is durable already.
  void run(const EpochPlan& plan, const std::vector<SourceInput>& inputs, EpochTimer& timer,
           bool planned);
  /// The plan of the next epoch, if the last commit record holds it. To be run as it is.
  std::optional<EpochPlan> take_ahead() { return std::exchange(ahead_, std::nullopt); }
  /// Between epochs: tells the decider of the last one again before it forgets.
  void repeat_decision();

  /// A continuous epoch: it opens, with a round of its own where the watermark moved; takes rounds
  /// of rows; and is cut. Only then is its plan complete, and made durable before sinks close.
  void open(const EpochPlan& plan, bool watermark_moved);
  void round(const RoundInput& input);
  void cut(const EpochPlan& plan, const std::vector<SourceInput>& inputs, EpochTimer& timer);
  /// Where no sink takes part in commits, an epoch that was cut becomes durable while the next one
  /// runs. Tells everybody once that is done; `wait`: until it is.
  void settle(bool wait);

 private:
  struct Pending;

  template <class Work>
  void guarded(Work&& work);
  void begin(const EpochPlan& plan);
  void finish(const EpochPlan& plan, const std::vector<SourceInput>& inputs, EpochTimer& timer);
  bool may_commit_later() const;
  void commit_later(const EpochPlan& plan, const std::vector<SourceInput>& inputs,
                    const EpochTimer& timer);
  EpochCommit record_of(const EpochPlan& plan) const;
  std::optional<EpochPlan> plan_ahead(const EpochPlan& plan) const;
  CommitSize commit(const EpochPlan& plan, EpochTimer& timer);
  void deliver(EpochTimer& timer);

  const Plan& plan_;
  EpochParts parts_;
  ProgressReport report_;
  uint64_t next_ = 0;
  const std::string sinks_;  ///< for the commit records
  int64_t decided_us_;       ///< when the decider last heard of us
  std::optional<EpochPlan> ahead_;
  std::unique_ptr<Pending> pending_;  ///< the epoch that is being made durable
};

}  // namespace millrace

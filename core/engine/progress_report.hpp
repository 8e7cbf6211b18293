#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/input_planner.hpp"
#include "core/engine/runtime.hpp"
#include "core/engine/watermark.hpp"
#include "core/observe/epoch_progress.hpp"
#include "core/observe/metrics.hpp"

namespace millrace {

/// Everything that is known of an epoch once it is committed.
struct EpochOutcome {
  const EpochPlan& plan;
  const std::vector<SourceInput>& inputs;  ///< empty for an epoch that is run again
  const EpochResult& result;
  observe::PhaseDurations phases;
  const std::map<std::string, int64_t>& sink_commit_us;  ///< of sinks that take part in the commit
  CommitSize size;
  int64_t started_us = 0;
  std::optional<int64_t> watermark_us;  ///< in force during the epoch
};

/// Turns outcomes into progress records and component metrics.
class ProgressReport {
 public:
  ProgressReport(const Plan& plan, const CheckpointFormat& format, std::string run_id,
                 observe::Metrics& metrics);

  observe::EpochProgress make(const EpochOutcome& outcome, const WatermarkTracker& watermarks,
                              const Checkpoint& checkpoint);

 private:
  void add_sources(const EpochOutcome& outcome, const WatermarkTracker& watermarks,
                   observe::EpochProgress& progress) const;
  void add_sinks(const EpochOutcome& outcome, observe::EpochProgress& progress) const;
  void add_states(const EpochOutcome& outcome, observe::EpochProgress& progress) const;
  void add_event_times(const EpochOutcome& outcome, const WatermarkTracker& watermarks,
                       observe::EpochProgress& progress) const;
  void count_components(const EpochOutcome& outcome);

  const Plan& plan_;
  std::string job_id_;
  std::string run_id_;
  std::vector<observe::ComponentMetrics> metrics_;
  std::optional<int64_t> last_started_us_;
};

/// Makes the series of every component. What plugins measure of their own is named after them, and
/// may come as soon as they are opened.
void announce_components(const Plan& plan, observe::Metrics& metrics);

/// "default", "processing_time", ... of the configuration.
std::string trigger_name(const Config& config);

}  // namespace millrace

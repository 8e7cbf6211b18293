#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/checkpoint/epoch_records.hpp"
#include "core/observe/monitor.hpp"
#include "core/plan/plan.hpp"
#include "core/system/clock.hpp"
#include "core/system/stop_signal.hpp"

namespace millrace {

/// What one source has for the next epoch.
struct SourceInput {
  size_t node = 0;
  std::string start;
  std::string target;
  SourcePlan plan;

  bool empty() const { return plan.ranges.empty() && plan.position == start; }
};

/// Asks sources where the next epoch ends, and keeps where the last one ended. A source that cannot
/// be reached is asked again, with growing pauses, for as long as the configuration says.
class InputPlanner {
 public:
  InputPlanner(const Plan& plan, Clock& clock, const StopSignal& stop, observe::Monitor& monitor);

  /// Where the checkpoint says that sources are.
  void restore(const std::map<std::string, std::string>& positions);

  /// The input of the next epoch, a source each. With `fixed_end` the end of the input is looked up
  /// once for all epochs.
  std::vector<SourceInput> next(bool fixed_end, bool without_limit);
  /// The input of the next round: what has arrived, without waiting for it.
  std::vector<SourceInput> arrived();
  /// The round is done; the next one goes on behind it.
  void advance(const std::vector<SourceInput>& inputs);
  /// The epoch is done; the next one goes on behind it.
  void passed(const EpochPlan& plan);
  /// Tells sources that the epoch is committed.
  void committed(const EpochPlan& plan);

  std::map<std::string, std::string> positions() const;
  const std::string& position(size_t node) const { return positions_.at(node); }

 private:
  template <class Ask>
  auto ask(const PlannedNode& node, Ask&& ask_source);

  const Plan& plan_;
  Clock& clock_;
  const StopSignal& stop_;
  observe::Monitor& monitor_;
  std::map<size_t, std::string> positions_;
  std::map<size_t, std::string> targets_;
};

}  // namespace millrace

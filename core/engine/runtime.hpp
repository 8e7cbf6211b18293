#pragma once
#include <memory>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/stage.hpp"
#include "core/system/executor.hpp"

namespace millrace {

struct RoundResult {
  Counts counts;
  std::vector<SeenTime> times;
};

/// The stages of a plan with their lanes and state.
class Runtime {
 public:
  Runtime(const Plan& plan, const Checkpoint& checkpoint, const Clock& clock, Executor& executor,
          const StopSignal& stop);

  /// Runs one round of what the record plans, through every stage. After an error the runtime is of
  /// no more use: state and sinks have seen a part of the round.
  RoundResult run(const EpochPlan& plan, bool ends_epoch);

  bool has_state() const { return !stateful_.empty(); }
  void save(StateWriter& writer);
  void forget_changes();

 private:
  RoundContext context(const EpochPlan& plan, bool ends_epoch) const;
  void run_level(size_t level, const EpochPlan& plan, const RoundContext& round);

  const Plan& plan_;
  StageGraph graph_;
  MeetingPoints points_;
  Executor& executor_;
  std::vector<std::unique_ptr<Stage>> stages_;  // as in graph_
  std::vector<StatefulStage*> stateful_;
};

}  // namespace millrace

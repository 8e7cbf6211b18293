#pragma once
#include <memory>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/stage.hpp"
#include "core/system/executor.hpp"

namespace millrace {

/// What happened in the rounds of an epoch.
struct EpochResult {
  Counts counts;
  std::vector<SeenTime> times;
  int64_t rounds = 0;
};

/// The stages of a plan with their lanes and state.
class Runtime {
 public:
  Runtime(const Plan& plan, Checkpoint& checkpoint, const Clock& clock, Executor& executor,
          const StopSignal& stop);

  /// An epoch: begin, then one whole round, or others with a closing one as the last, then end.
  /// After an error the runtime is of no more use: state and sinks have seen a part of the epoch.
  /// `outbox` is null where the plan has no sink that needs one.
  void begin(const EpochPlan& plan, OutboxWriter* outbox);
  /// What earlier processes died of: an epoch that it is about runs in small rounds. Outlives this.
  void suspect(const CrashSuspects& suspects) { suspects_ = &suspects; }
  void run(RoundPart part, const RoundInput& input);
  EpochResult end();
  /// The epoch failed between two rounds.
  void abandon(const Error& cause) noexcept;

  bool has_state() const { return !stateful_.empty(); }
  StateForm state_form() const { return stores_.form(); }
  void save(StateWriter& writer);
  /// Where the state is, and how much: what a restart and people have to know of it.
  void describe_state(EpochCommit& commit) const;
  void forget_changes();
  /// By transform; what the stores know of.
  std::map<std::string, uint64_t> state_bytes() const;

 private:
  struct Task {
    Stage* stage;
    size_t number;
  };

  void save_changes(StateWriter& writer);
  void save_part(SnapshotWriter& part);
  void run_round(RoundPart part, const RoundInput& input);
  void run_in_pieces(const RoundInput& input);
  void run_level(size_t level, const RoundInput& input);

  const Plan& plan_;
  StageGraph graph_;
  MeetingPoints points_;
  Executor& executor_;
  StateStores stores_;                          // outlives the stages, which hold its stores
  std::vector<std::unique_ptr<Stage>> stages_;  // as in graph_
  std::vector<StatefulStage*> stateful_;
  std::map<size_t, SourceStage*> sources_;  // by node
  const CrashSuspects* suspects_ = nullptr;
  RoundContext first_;  // a whole round, or one that opens its epoch
  RoundContext rows_;
  RoundContext closing_;
  RoundContext* round_ = &first_;
  std::vector<Task> tasks_;  // of the level at hand
  bool is_small_ = false;    // the round: other threads would cost more than they do
  int64_t rounds_ = 0;
  int64_t size_ = 0;  // of what the epoch has read, in records or bytes
  size_t saved_ = 0;  // stages of which save_part() wrote everything
};

}  // namespace millrace

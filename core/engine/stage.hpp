#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/lane.hpp"
#include "core/system/stop_signal.hpp"

namespace millrace {

/// The greatest event time that passed a declared watermark in one partition during a round.
struct SeenTime {
  size_t watermark = 0;
  std::string partition;
  int64_t max = 0;
};

/// Independent tasks of one cut of the plan.
class Stage {
 public:
  virtual ~Stage() = default;
  /// On the planner's thread: makes the lanes of the round and says how many tasks there are.
  virtual size_t prepare(const EpochPlan& plan) = 0;
  /// On any thread; each task once.
  virtual void run(size_t task, const RoundContext& round) = 0;
  /// On the planner's thread, after every task.
  virtual void collect(Counts& counts, std::vector<SeenTime>& times) = 0;
  virtual void abandon(const Error& cause) noexcept = 0;
};

/// State between epochs.
class StatefulStage {
 public:
  virtual ~StatefulStage() = default;
  virtual void save(StateWriter& writer) = 0;
  /// Where nothing is kept: lets stores forget what they noted for save().
  virtual void forget_changes() = 0;
};

/// Reads a source: a lane for each range of the epoch.
class SourceStage final : public Stage {
 public:
  SourceStage(MeetingPoints& points, size_t node, size_t stage, const StopSignal& stop);
  ~SourceStage() override;

  size_t prepare(const EpochPlan& plan) override;
  void run(size_t task, const RoundContext& round) override;
  void collect(Counts& counts, std::vector<SeenTime>& times) override;
  void abandon(const Error& cause) noexcept override;

 private:
  struct SourceLane;

  MeetingPoints& points_;
  size_t node_;
  size_t stage_;
  const StopSignal& stop_;
  std::vector<SourceRange> ranges_;
  std::vector<std::unique_ptr<SourceLane>> lanes_;
};

/// The back half of a keyed transform: a lane for each shard.
class ShardStage final : public Stage, public StatefulStage {
 public:
  ShardStage(MeetingPoints& points, size_t node, size_t stage, size_t shards,
             const Checkpoint& checkpoint);
  ~ShardStage() override;

  size_t prepare(const EpochPlan& plan) override;
  void run(size_t task, const RoundContext& round) override;
  void collect(Counts& counts, std::vector<SeenTime>& times) override;
  void abandon(const Error& cause) noexcept override;
  void save(StateWriter& writer) override;
  void forget_changes() override;

 private:
  struct ShardLane;

  MeetingPoints& points_;
  size_t node_;
  std::vector<std::unique_ptr<ShardLane>> lanes_;
};

/// The one lane of a component that wants all rows of an epoch.
class GatherStage final : public Stage {
 public:
  GatherStage(MeetingPoints& points, const StageSpec& spec, size_t stage);

  size_t prepare(const EpochPlan& plan) override;
  void run(size_t task, const RoundContext& round) override;
  void collect(Counts& counts, std::vector<SeenTime>& times) override;
  void abandon(const Error& cause) noexcept override;

 private:
  Gather& gather_;
  Lane lane_;
  Step& root_;
};

}  // namespace millrace

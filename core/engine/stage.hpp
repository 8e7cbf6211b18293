#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/crash_notes.hpp"
#include "core/engine/lane.hpp"
#include "core/engine/state_stores.hpp"
#include "core/system/stop_signal.hpp"

namespace millrace {

struct RangeInHand;

/// What a round reads, by source.
using RoundInput = std::map<size_t, std::vector<SourceRange>>;

/// The greatest event time that passed a declared watermark in one partition during an epoch.
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
  virtual size_t prepare(const RoundInput& input, const RoundContext& round) = 0;
  /// On any thread; each task once.
  virtual void run(size_t task, const RoundContext& round) = 0;
  /// On the planner's thread, after the last round of an epoch: what happened in all of them.
  virtual void collect(Counts& counts, std::vector<SeenTime>& times) = 0;
  virtual void abandon(const Error& cause) noexcept = 0;
};

/// State between epochs.
class StatefulStage {
 public:
  virtual ~StatefulStage() = default;
  virtual size_t shards() const = 0;
  /// What changed in a shard, or the whole of it. Those of several shards may go side by side.
  virtual void save(size_t shard, bool whole, const StoreHandle::Append& append) = 0;
  /// The state as it is now is what save_part() writes from here on.
  virtual void begin_parts() = 0;
  /// What is wanted of it in this epoch; true once that was the last of it.
  virtual bool save_part(SnapshotWriter& part) = 0;
  /// What there is, for people.
  virtual mr_store_size measure() const = 0;
  virtual const std::string& name() const = 0;
  /// Where nothing is kept: lets stores forget what they noted for save().
  virtual void forget_changes() = 0;
};

/// Reads a source: a lane for each range of the epoch. A range that goes on in a later round does
/// so in its lane. Where it saves regrouping, a task takes several lanes, one after the other.
class SourceStage final : public Stage {
 public:
  SourceStage(MeetingPoints& points, size_t node, size_t stage, const StopSignal& stop);
  ~SourceStage() override;

  size_t prepare(const RoundInput& input, const RoundContext& round) override;
  void run(size_t task, const RoundContext& round) override;
  void collect(Counts& counts, std::vector<SeenTime>& times) override;
  void abandon(const Error& cause) noexcept override;
  /// Where there are suspects, a round takes one piece of one range: whether there is more.
  bool has_more() const;

 private:
  struct SourceLane;

  void assign(const SourceRange& range);
  void read_in(SourceLane& source_lane);
  void read(SourceLane& source_lane);
  void read_piece(SourceLane& source_lane);
  bool next_batch(RangeInHand& from, Batch& raw) const;
  NumberedRecords<std::string_view> numbered(const SourceLane& source_lane, int64_t count) const;

  MeetingPoints& points_;
  size_t node_;
  size_t stage_;
  const StopSignal& stop_;
  std::vector<std::unique_ptr<SourceLane>> lanes_;
  size_t in_epoch_ = 0;         // the first so many lanes
  std::vector<size_t> active_;  // lanes of the round
  size_t tasks_ = 0;            // of the round: each has its share of those
};

/// The back half of a keyed transform: a lane for each shard.
class ShardStage final : public Stage, public StatefulStage {
 public:
  ShardStage(MeetingPoints& points, size_t node, size_t stage, size_t shards, StateStores& stores);
  ~ShardStage() override;

  size_t prepare(const RoundInput& input, const RoundContext& round) override;
  void run(size_t task, const RoundContext& round) override;
  void collect(Counts& counts, std::vector<SeenTime>& times) override;
  void abandon(const Error& cause) noexcept override;
  size_t shards() const override { return lanes_.size(); }
  void save(size_t shard, bool whole, const StoreHandle::Append& append) override;
  void begin_parts() override;
  bool save_part(SnapshotWriter& part) override;
  mr_store_size measure() const override;
  const std::string& name() const override { return points_.plan.nodes[node_].name; }
  void forget_changes() override;

 private:
  struct ShardLane;

  MeetingPoints& points_;
  size_t node_;
  std::vector<std::unique_ptr<ShardLane>> lanes_;
  std::vector<size_t> tasks_;  // of the round: their shards
  size_t saved_ = 0;           // Shards of which save_part() wrote everything.
};

/// The one lane of a component that wants all rows of an epoch.
class GatherStage final : public Stage {
 public:
  GatherStage(MeetingPoints& points, const StageSpec& spec, size_t stage);

  size_t prepare(const RoundInput& input, const RoundContext& round) override;
  void run(size_t task, const RoundContext& round) override;
  void collect(Counts& counts, std::vector<SeenTime>& times) override;
  void abandon(const Error& cause) noexcept override;

 private:
  Gather& gather_;
  bool wants_whole_epoch_;
  Lane lane_;
  Step& root_;
};

}  // namespace millrace

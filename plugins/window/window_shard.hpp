#pragma once
#include <map>

#include "millrace/group_table.hpp"

#include "plugins/window/aggregation_plan.hpp"
#include "plugins/window/pane_windows.hpp"
#include "plugins/window/shard_notes.hpp"
#include "plugins/window/straight_merge.hpp"

namespace millrace::window {

/// The back half: owns the groups of one shard. Within a round it merges partial results in
/// memory, reading each group from the store once; at the end of the round it writes each changed
/// group once. Entries are (window end, key) -> version byte, saved partial results.
///
/// Where windows overlap much and are read only when they are final, entries are of panes and not
/// of windows, (end of the pane's last window, key): PaneWindows makes windows of them.
class WindowShard final : public ShardTask {
 public:
  WindowShard(const AggregationPlan& plan, int shard, State state);

  void merge(const Batch& partials, const Round& round) override;
  void finish(const Round& round, const Outputs& outputs) override;

 private:
  void settle(const Round& round);
  void take_panes_apart(const Overlap& overlap);
  bool goes_straight(const Batch& partials, const Round& round) const;
  int64_t closed_in(const Round& round) const;
  void expand(const Batch& partials, const Round& round);
  const std::vector<Window>& windows_of(int64_t pane);
  void drop_unwanted(std::vector<Window>& windows) const;
  void load_new_groups();
  void add_the_one_group();
  void write_groups();
  void forget_groups();
  void emit_changed(const Round& round, const Outputs& outputs);
  void emit_final(const Round& round, const Outputs& outputs);
  void emit_of_panes(const Round& round, const Outputs& outputs);
  void emit_all(const Outputs& outputs);
  void evict(const Round& round, const Outputs& outputs);
  void emit_stored(int64_t from, int64_t to, Port port, const Outputs& outputs);
  Key key_of(size_t group) const;

  const AggregationPlan* plan_;
  int shard_;
  State state_;
  std::optional<ShardNotes> notes_;   // Nothing until it is settled how state is kept.
  std::optional<PaneWindows> panes_;  // Where it is kept by pane.
  GroupTable table_;
  AggregateSet aggregates_;
  size_t loaded_ = 0;  // Groups whose stored part was merged already.
  StraightMerge straight_;
  size_t updated_ = 0;  // Groups that were written in this round.

  std::vector<Window> windows_;
  std::map<int64_t, std::vector<Window>> kept_;  // By pane, where a condition chooses windows.
  Buffer<uint32_t> groups_;
  std::vector<const char*> cursors_;
  std::vector<Key> keys_;
  std::vector<mr_str> values_;
  SavedStates saved_;
};

}  // namespace millrace::window

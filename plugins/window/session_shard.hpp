#pragma once
#include "millrace/group_table.hpp"

#include "plugins/window/aggregation_plan.hpp"
#include "plugins/window/session_merge.hpp"
#include "plugins/window/shard_notes.hpp"

namespace millrace::window {

/// The back half of session windows. In the store
///   (session end, key)    -> version byte, start, saved partial results
///   (index_bucket, key)   -> version byte, start and end of each session of the key
/// so that sessions close and are scanned by their ends like any window, and those of one key are
/// found with one read. Within a round everything is merged in memory.
class SessionShard final : public ShardTask, private SessionChanges {
 public:
  SessionShard(const AggregationPlan& plan, State state);

  void merge(const Batch& partials, const Round& round) override;
  void finish(const Round& round, const Outputs& outputs) override;

 private:
  struct StoredPart {
    uint32_t key;
    uint32_t group;
    int64_t end;
  };

  uint32_t new_group() override;
  void touch(Session& session) override;
  void unite(const Session& into, const Session& absorbed) override;

  void load_new_indexes();
  void load_touched();
  void unite_groups();
  void write_sessions(const Outputs& outputs);
  void erase_moved();
  void write_indexes();
  void emit_final(const Round& round, const Outputs& outputs);
  void evict(const Round& round, const Outputs& outputs);
  void emit_stored(int64_t from, int64_t to, Port port, const Outputs& outputs);
  void forget_round();
  uint32_t root_of(uint32_t group) const;
  Key key_of(size_t key, int64_t bucket) const;

  const AggregationPlan* plan_;
  State state_;
  ShardNotes notes_;
  int64_t indexes_ = 0;  // Entries of the store that are indexes.

  // Of this round.
  GroupTable table_;                            // Keys.
  std::vector<std::vector<Session>> sessions_;  // Of each key.
  std::vector<bool> had_index_;
  std::vector<uint32_t> parents_;  // Of groups: another one if they were united.
  std::vector<StoredPart> touched_;
  size_t loaded_ = 0;  // Of touched_.
  uint32_t current_key_ = 0;
  AggregateSet aggregates_;
};

}  // namespace millrace::window

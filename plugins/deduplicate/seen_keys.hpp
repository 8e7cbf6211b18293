#pragma once
#include <vector>

#include "millrace/group_table.hpp"

#include "plugins/deduplicate/deduplicate.hpp"

namespace millrace::deduplicate {

/// The back half: the keys of one shard. Lets the rows of keys that are new through.
class SeenKeys final : public ShardTask {
 public:
  SeenKeys(const DuplicatePlan& plan, State state);

  void merge(const Batch& partials, const Round& round) override;
  void finish(const Round& round, const Outputs& outputs) override;

 private:
  bool within_watermark() const { return plan_->memory == Memory::within_watermark; }
  void choose_new(const Batch& partials);
  void remember(const Batch& partials);
  int64_t forget(int64_t watermark);
  int64_t keys_held() const;

  const DuplicatePlan* plan_;
  State state_;
  StateLayout layout_;
  GroupTable table_;
  std::vector<Batch> fresh_;  // Rows of new keys, of this round.
  int64_t fresh_rows_ = 0;
  Buffer<uint32_t> rows_;
  std::vector<Key> keys_;
  std::vector<mr_str> values_;
  std::vector<char> until_;
};

}  // namespace millrace::deduplicate

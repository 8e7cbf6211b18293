#pragma once
#include <vector>

#include "millrace/group_table.hpp"

#include "plugins/deduplicate/deduplicate.hpp"

namespace millrace::deduplicate {

/// The front half: drops late rows, and rows whose key the task has seen in this round.
class DuplicateFilter final : public TransformTask {
 public:
  explicit DuplicateFilter(const DuplicatePlan& plan) : plan_(&plan) {}

  void begin(const Round& round) override;
  void process(int input, const Batch& batch, const Outputs& outputs) override;

 private:
  void encode_keys(const Batch& batch);
  void drop_late(const Batch& batch, const Outputs& outputs);
  void drop_repeated();
  void hand_over(const Batch& batch, const Outputs& outputs);

  const DuplicatePlan* plan_;
  int64_t late_before_ = 0;
  bool late_wanted_ = false;
  std::vector<Column> key_columns_;
  EncodedKeys keys_;
  Column times_;
  GroupTable table_;
  Buffer<uint32_t> rows_;  // Those that are left.
  Buffer<uint32_t> late_;
  Buffer<int64_t> no_bucket_;
  Buffer<uint32_t> groups_;
};

}  // namespace millrace::deduplicate

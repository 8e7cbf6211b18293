#pragma once
#include <memory>
#include <vector>

#include "millrace/transform.hpp"

#include "plugins/join/join_plan.hpp"
#include "plugins/join/key_bytes.hpp"
#include "plugins/join/table_index.hpp"

namespace millrace::join {

/// Joins the rows of a stream with a table. Without state: a row is answered when it comes.
class TableJoin final : public TransformTask {
 public:
  /// `index` is replaced between rounds.
  TableJoin(const JoinPlan& plan, const std::shared_ptr<const TableIndex>& index);

  void process(int input, const Batch& batch, const Outputs& outputs) override;

 private:
  void join(const Batch& batch, const Outputs& outputs);
  void join_pairs(const Batch& batch, const Outputs& outputs);
  void put_out(const Batch& batch, std::span<const uint32_t> left,
               const std::vector<uint32_t>* right, const Outputs& outputs) const;

  const JoinPlan* plan_;
  const std::shared_ptr<const TableIndex>* index_;
  std::vector<bool> null_safe_;
  std::shared_ptr<const Schema> condition_schema_;
  KeyBytes keys_;
  std::vector<uint32_t> useful_;
  std::vector<uint32_t> left_;   // Of pairs with equal keys: rows of the batch,
  std::vector<uint32_t> right_;  // and of the table.
  std::vector<uint32_t> fulfilling_;
  std::vector<uint8_t> matched_;
};

}  // namespace millrace::join

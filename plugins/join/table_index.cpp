#include "plugins/join/table_index.hpp"

#include <bit>

#include "millrace/gather.hpp"

#include "plugins/join/join_front.hpp"

namespace millrace::join {

TableIndex::TableIndex(const JoinPlan& plan, const Batch& table) {
  std::vector<uint32_t> useful;
  rows_that_can_match(plan, 1, table, useful);
  rows_ = gather(table, useful);
  const auto count = static_cast<size_t>(rows_.size());
  std::vector<Column> keys;
  std::vector<bool> null_safe;
  for (const auto& key : plan.on.keys) {
    keys.push_back(key.side[1].evaluate(rows_));
    null_safe.push_back(key.null_safe);
  }
  keys_.encode(keys, null_safe, count);
  heads_.assign(std::bit_ceil(count + 1), none);
  mask_ = heads_.size() - 1;
  next_.assign(count, none);
  for (size_t row = count; row-- > 0;) {
    if (keys_.matches_nothing(row)) continue;
    auto& head = heads_[keys_.hash(row) & mask_];
    next_[row] = head;
    head = static_cast<uint32_t>(row);
  }
}

}  // namespace millrace::join

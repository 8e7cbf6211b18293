#include "core/engine/exchange.hpp"

#include <bit>

#include "millrace/gather.hpp"

namespace millrace {

void Exchange::Slot::push(const Batch& partials) {
  if (partials.empty()) return;
  if (shards_ == 1) {
    batches_[0].push_back(partials);
    return;
  }
  rows_.resize(shards_);
  for (auto& rows : rows_) rows.clear();
  // Their number is a power of two unless told otherwise, which needs no division.
  const bool masks = std::has_single_bit(shards_);
  const auto* hashes = partials.column(0).data<int64_t>();
  for (int64_t row = 0; row < partials.size(); ++row) {
    const auto hash = static_cast<uint64_t>(hashes[row]);
    rows_[masks ? hash & (shards_ - 1) : hash % shards_].push_back(static_cast<uint32_t>(row));
  }
  for (size_t shard = 0; shard < shards_; ++shard)
    if (!rows_[shard].empty()) batches_[shard].push_back(gather(partials, rows_[shard]));
}

void Exchange::clear() {
  for (auto& [position, slot] : slots_)
    for (auto& batches : slot.batches_) batches.clear();
}

}  // namespace millrace

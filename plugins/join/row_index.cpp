#include "plugins/join/row_index.hpp"

namespace millrace::join {
namespace {

constexpr size_t heads_at_first = 64;

}  // namespace

RowIndex::RowIndex() : heads_(heads_at_first, none), mask_(heads_at_first - 1) {}

uint32_t RowIndex::add(uint64_t hash, int64_t bucket, uint64_t sequence, bool findable,
                       bool matched) {
  auto slot = static_cast<uint32_t>(rows_.size());
  if (free_.empty()) {
    rows_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  rows_[slot] = {hash, sequence, bucket, none, none, true, findable, matched};
  ++size_;
  if (findable) link(slot);
  if (size_ > heads_.size()) grow();
  return slot;
}

void RowIndex::restore(uint32_t slot, const Row& row) {
  if (slot >= rows_.size()) rows_.resize(size_t{slot} + 1);
  rows_[slot] = row;
  ++size_;
  if (row.findable) link(slot);
  if (size_ > heads_.size()) grow();
}

void RowIndex::end_restore() {
  free_.clear();
  for (size_t slot = rows_.size(); slot-- > 0;)
    if (!rows_[slot].in_use) free_.push_back(static_cast<uint32_t>(slot));
}

void RowIndex::remove(uint32_t slot) {
  Row& row = rows_[slot];
  if (row.findable) {
    if (row.previous == none)
      heads_[row.hash & mask_] = row.next;
    else
      rows_[row.previous].next = row.next;
    if (row.next != none) rows_[row.next].previous = row.previous;
  }
  row.in_use = false;
  free_.push_back(slot);
  --size_;
}

void RowIndex::link(uint32_t slot) {
  Row& row = rows_[slot];
  uint32_t& head = heads_[row.hash & mask_];
  row.next = head;
  row.previous = none;
  if (head != none) rows_[head].previous = slot;
  head = slot;
}

// A chain is taken from its oldest row on, so that each new chain has its newest in front again.
void RowIndex::grow() {
  std::vector<uint32_t> old(heads_.size() * 2, none);
  old.swap(heads_);
  mask_ = heads_.size() - 1;
  for (uint32_t slot : old) {
    if (slot == none) continue;
    while (rows_[slot].next != none) slot = rows_[slot].next;
    while (slot != none) {
      const uint32_t newer = rows_[slot].previous;
      link(slot);
      slot = newer;
    }
  }
}

}  // namespace millrace::join

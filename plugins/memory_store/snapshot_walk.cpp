#include "plugins/memory_store/snapshot_walk.hpp"

namespace millrace::memory_store {

void SnapshotWalk::begin(const Buckets& buckets, EntryPool& entries) {
  while (under_way_) next(buckets, entries);  // One that was given up.
  stamp_ = !stamp_;
  under_way_ = !buckets.empty();
  if (!under_way_) return;
  bucket_ = buckets.begin()->first;
  next_ = buckets.begin()->second.first;
}

uint32_t SnapshotWalk::next(const Buckets& buckets, EntryPool& entries) {
  while (under_way_) {
    while (next_ != no_entry) {
      const uint32_t number = next_;
      Entry& entry = entries[number];
      next_ = entry.next;
      if (entry.stamp() == stamp_) continue;
      entry.set_stamp(stamp_);
      return number;
    }
    const auto after = buckets.upper_bound(bucket_);
    under_way_ = after != buckets.end();
    if (!under_way_) break;
    bucket_ = after->first;
    next_ = after->second.first;
  }
  return no_entry;
}

}  // namespace millrace::memory_store

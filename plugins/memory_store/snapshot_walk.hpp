#pragma once
#include <cstdint>
#include <map>

#include "plugins/memory_store/entry_pool.hpp"

namespace millrace::memory_store {

/// The entries of a bucket, a list in order of insertion.
struct Bucket {
  uint32_t first;
  uint32_t last;
};
using Buckets = std::map<int64_t, Bucket>;

/// Visits, some at a time, the entries that were there when it began, while entries come and go.
///
/// Between walks all entries carry the same stamp as those to come. A walk begins by turning the
/// stamp of those to come; what it visits gets the new stamp, so at its end all carry one again.
class SnapshotWalk {
 public:
  /// Of a new entry.
  bool stamp() const { return stamp_; }
  bool under_way() const { return under_way_; }

  void begin(const Buckets& buckets, EntryPool& entries);
  /// The next entry to write; no_entry: that was all.
  uint32_t next(const Buckets& buckets, EntryPool& entries);

  /// Before an entry leaves its bucket.
  void leaves(uint32_t number, const Entry& entry) {
    if (number == next_) next_ = entry.next;
  }
  /// Before whole buckets go.
  void evicts(int64_t up_to) {
    if (bucket_ <= up_to) next_ = no_entry;
  }

 private:
  bool stamp_ = false;
  bool under_way_ = false;
  int64_t bucket_ = 0;
  uint32_t next_ = no_entry;  // In that bucket; no_entry: the walk goes on in the one after it.
};

}  // namespace millrace::memory_store

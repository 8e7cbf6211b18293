#pragma once
#include <string>
#include <vector>

#include "millrace/store.hpp"

#include "plugins/memory_store/entry_pool.hpp"
#include "plugins/memory_store/snapshot_walk.hpp"

namespace millrace::memory_store {

struct Settings {};

/// State of one shard, in memory. An index with open addressing and linear probing finds an entry
/// by (bucket, key); a list for each bucket keeps its entries in order of insertion.
class MemoryStore final : public PartedStore {
 public:
  MemoryStore(const Settings& settings, const Context& context);

  void get(size_t count, const Key* keys, mr_str* values) override;
  void put(size_t count, const Key* keys, const mr_str* values) override;
  void erase(size_t count, const Key* keys) override;
  void scan(int64_t from, int64_t to, void* visitor, mr_visit visit) override;
  int64_t evict(int64_t up_to) override;
  StoreSize measure() const override;
  void write_changes(const PieceWriter& writer) override;
  void write_snapshot(const PieceWriter& writer) override;
  bool write_part(bool begins, int64_t bytes_max, const PieceWriter& writer) override;
  void read(std::string_view bytes) override;

 private:
  class Lookups;
  struct Slot {
    uint32_t mark;   // Of the mixed hash; it gives the slot's home.
    uint32_t entry;  // no_entry: empty.
  };
  struct ErasedKey {
    int64_t bucket;
    std::string key;
  };

  static uint32_t mark_of(int64_t bucket, std::string_view key);
  /// The slot of the entry, or the empty one where it would be.
  size_t find(int64_t bucket, std::string_view key, uint32_t mark) const;
  void put_one(int64_t bucket, std::string_view key, uint32_t mark, std::string_view value);
  bool erase_one(int64_t bucket, std::string_view key);
  void grow();
  void clear_slot(size_t at);
  void append_to_bucket(uint32_t number);
  void leave_bucket(uint32_t number);
  void mark_dirty(uint32_t number);
  void forget_changes();
  void forget_lists();

  EntryPool entries_;
  std::vector<Slot> slots_;
  size_t mask_;
  Buckets buckets_;
  SnapshotWalk walk_;
  // Since the last write_changes or write_snapshot.
  std::vector<uint32_t> dirty_;
  std::vector<ErasedKey> erased_;
  int64_t evicted_up_to_;
  bool evicted_ = false;
};

}  // namespace millrace::memory_store

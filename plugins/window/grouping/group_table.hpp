#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "millrace/buffer.hpp"

#include "plugins/window/grouping/key_codec.hpp"

namespace millrace::window {

/// Numbers the distinct (bucket, key) pairs that it is shown 0, 1, 2 ... in the order of their
/// first appearance, which makes what is read from it deterministic.
///
/// Dense entries, found through an index with open addressing and linear probing. A slot carries
/// the generation in which it was written, so that clearing the table costs nothing.
class GroupTable {
 public:
  GroupTable();

  size_t size() const { return entries_.size(); }
  int64_t bucket(size_t group) const { return entries_[group].bucket; }
  uint64_t hash(size_t group) const { return entries_[group].hash; }
  /// The key as stores keep it; see key_codec.hpp.
  std::string_view key(size_t group) const {
    const auto& entry = entries_[group];
    return {bytes_.data() + entry.offset, entry.size + size_t{1}};
  }

  /// Finds or adds the group of each of `count` rows. `buckets` and `groups` run with the rows;
  /// `rows` says which keys they are, all in order if it is null.
  void find_or_add(const EncodedKeys& keys, const uint32_t* rows, const int64_t* buckets,
                   size_t count, uint32_t* groups);
  uint32_t find_or_add(const KeyView& key, uint64_t hash, int64_t bucket);
  void clear();
  size_t memory_bytes() const;

 private:
  struct Slot {
    uint32_t mark;  // 24 bits of the hash and 8 bits of the generation.
    uint32_t group;
  };
  struct Entry {
    uint64_t hash;
    int64_t bucket;
    uint64_t offset;
    uint32_t size;  // Of the payload.
    uint32_t present;
  };

  static uint64_t mix(uint64_t hash, int64_t bucket);
  bool holds(const Entry& entry, const KeyView& key, uint64_t hash, int64_t bucket) const;
  uint32_t add(const KeyView& key, uint64_t hash, int64_t bucket);
  void grow();

  std::vector<Slot> slots_;
  Buffer<Entry> entries_;
  Buffer<char> bytes_;
  size_t mask_;
  uint32_t generation_ = 1;
};

}  // namespace millrace::window

#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "millrace/buffer.hpp"
#include "millrace/error.hpp"
#include "millrace/key_codec.hpp"
#include "millrace/short_bytes.hpp"

namespace millrace {

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

  static constexpr size_t slots_at_first = 256;
  static constexpr size_t groups_most = 1U << 31;
  static constexpr size_t lookahead = 8;

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

inline GroupTable::GroupTable() : slots_(slots_at_first), mask_(slots_at_first - 1) {}

inline uint64_t GroupTable::mix(uint64_t hash, int64_t bucket) {
  return folded_multiply(hash ^ hash_seed, static_cast<uint64_t>(bucket) ^ hash_secret);
}

inline bool GroupTable::holds(const Entry& entry, const KeyView& key, uint64_t hash,
                              int64_t bucket) const {
  return entry.hash == hash && entry.bucket == bucket && entry.size == key.size &&
         entry.present == key.present &&
         same_bytes(bytes_.data() + entry.offset + 1, key.data, key.size);
}

inline uint32_t GroupTable::find_or_add(const KeyView& key, uint64_t hash, int64_t bucket) {
  const uint64_t mixed = mix(hash, bucket);
  const uint32_t mark = static_cast<uint32_t>(mixed >> 32 & 0xffffff00U) | generation_;
  for (size_t at = mixed & mask_;; at = (at + 1) & mask_) {
    Slot& slot = slots_[at];
    if (slot.mark == mark) {
      if (holds(entries_[slot.group], key, hash, bucket)) return slot.group;
    } else if ((slot.mark & 0xffU) != generation_) {
      const uint32_t group = add(key, hash, bucket);
      slot = {mark, group};
      if (entries_.size() * 2 > slots_.size()) grow();
      return group;
    }
  }
}

inline void GroupTable::find_or_add(const EncodedKeys& keys, const uint32_t* rows,
                                    const int64_t* buckets, size_t count, uint32_t* groups) {
  const auto row = [&](size_t i) { return rows == nullptr ? i : size_t{rows[i]}; };
  for (size_t i = 0; i < count; ++i) {
    if (i + lookahead < count) {
      const size_t ahead = i + lookahead;
      __builtin_prefetch(&slots_[mix(keys.hashes[row(ahead)], buckets[ahead]) & mask_]);
    }
    groups[i] = find_or_add(keys.views[row(i)], keys.hashes[row(i)], buckets[i]);
  }
}

inline uint32_t GroupTable::add(const KeyView& key, uint64_t hash, int64_t bucket) {
  if (entries_.size() >= groups_most) throw Error::data("more than 2^31 groups in one round");
  entries_.push_back({hash, bucket, bytes_.size(), key.size, key.present});
  const size_t at = bytes_.size();
  bytes_.resize(at + 1 + key.size);
  bytes_[at] = static_cast<char>(key.present);
  copy_bytes(bytes_.data() + at + 1, key.data, key.size);
  return static_cast<uint32_t>(entries_.size() - 1);
}

inline void GroupTable::grow() {
  slots_.assign(slots_.size() * 2, Slot{});
  mask_ = slots_.size() - 1;
  generation_ = 1;
  for (size_t group = 0; group < entries_.size(); ++group) {
    const uint64_t mixed = mix(entries_[group].hash, entries_[group].bucket);
    size_t at = mixed & mask_;
    while ((slots_[at].mark & 0xffU) == generation_) at = (at + 1) & mask_;
    slots_[at] = {static_cast<uint32_t>(mixed >> 32 & 0xffffff00U) | generation_,
                  static_cast<uint32_t>(group)};
  }
}

inline void GroupTable::clear() {
  entries_.clear();
  bytes_.clear();
  if (++generation_ == 256) {
    slots_.assign(slots_.size(), Slot{});
    generation_ = 1;
  }
}

inline size_t GroupTable::memory_bytes() const {
  return slots_.size() * sizeof(Slot) + entries_.size() * sizeof(Entry) + bytes_.size();
}

}  // namespace millrace

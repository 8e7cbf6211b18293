#include "plugins/window/grouping/group_table.hpp"

#include "millrace/error.hpp"

#include "plugins/window/grouping/key_hash.hpp"

namespace millrace::window {
namespace {

constexpr size_t slots_at_first = 256;
constexpr size_t groups_most = 1U << 31;
constexpr size_t lookahead = 8;

// Most keys are short: comparing words inline is far cheaper than a call of memcmp.
bool same_bytes(const char* a, const char* b, size_t size) {
  if (size >= 8) {
    for (size_t i = 0; i + 8 <= size; i += 8)
      if (load_eight(a + i) != load_eight(b + i)) return false;
    return load_eight(a + size - 8) == load_eight(b + size - 8);
  }
  if (size >= 4)
    return load_four(a) == load_four(b) && load_four(a + size - 4) == load_four(b + size - 4);
  for (size_t i = 0; i < size; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

}  // namespace

GroupTable::GroupTable() : slots_(slots_at_first), mask_(slots_at_first - 1) {}

uint64_t GroupTable::mix(uint64_t hash, int64_t bucket) {
  return folded_multiply(hash ^ hash_seed, static_cast<uint64_t>(bucket) ^ hash_secret);
}

bool GroupTable::holds(const Entry& entry, const KeyView& key, uint64_t hash,
                       int64_t bucket) const {
  return entry.hash == hash && entry.bucket == bucket && entry.size == key.size &&
         entry.present == key.present &&
         same_bytes(bytes_.data() + entry.offset + 1, key.data, key.size);
}

uint32_t GroupTable::find_or_add(const KeyView& key, uint64_t hash, int64_t bucket) {
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

void GroupTable::find_or_add(const EncodedKeys& keys, const uint32_t* rows, const int64_t* buckets,
                             size_t count, uint32_t* groups) {
  const auto row = [&](size_t i) { return rows == nullptr ? i : size_t{rows[i]}; };
  for (size_t i = 0; i < count; ++i) {
    if (i + lookahead < count) {
      const size_t ahead = i + lookahead;
      __builtin_prefetch(&slots_[mix(keys.hashes[row(ahead)], buckets[ahead]) & mask_]);
    }
    groups[i] = find_or_add(keys.views[row(i)], keys.hashes[row(i)], buckets[i]);
  }
}

uint32_t GroupTable::add(const KeyView& key, uint64_t hash, int64_t bucket) {
  if (entries_.size() >= groups_most) throw Error::data("more than 2^31 groups in one round");
  entries_.push_back({hash, bucket, bytes_.size(), key.size, key.present});
  bytes_.push_back(static_cast<char>(key.present));
  bytes_.append(key.data, key.size);
  return static_cast<uint32_t>(entries_.size() - 1);
}

void GroupTable::grow() {
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

void GroupTable::clear() {
  entries_.clear();
  bytes_.clear();
  if (++generation_ == 256) {
    slots_.assign(slots_.size(), Slot{});
    generation_ = 1;
  }
}

size_t GroupTable::memory_bytes() const {
  return slots_.size() * sizeof(Slot) + entries_.size() * sizeof(Entry) + bytes_.size();
}

}  // namespace millrace::window

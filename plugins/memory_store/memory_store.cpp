#include "plugins/memory_store/memory_store.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "millrace/key_hash.hpp"
#include "millrace/short_bytes.hpp"
#include "millrace/state_pieces.hpp"

namespace millrace::memory_store {
namespace {

constexpr size_t slots_at_first = 64;
constexpr size_t slots_ahead = 16;
constexpr size_t entries_ahead = 8;
constexpr size_t bucket_bytes = 72;  // Of a map's node, with what malloc adds.

}  // namespace

MemoryStore::MemoryStore(const Settings&, const Context&)
    : slots_(slots_at_first, Slot{0, no_entry}),
      mask_(slots_at_first - 1),
      evicted_up_to_(std::numeric_limits<int64_t>::min()) {}

uint32_t MemoryStore::mark_of(int64_t bucket, std::string_view key) {
  const uint64_t mixed = folded_multiply(hash_bytes(key.data(), key.size()) ^ hash_seed,
                                         static_cast<uint64_t>(bucket) ^ hash_secret);
  return static_cast<uint32_t>(mixed >> 32);
}

// What keys will be looked for in, some keys ahead: first their slots, then their entries. Each is
// a miss of the cache.
class MemoryStore::Lookups {
 public:
  Lookups(const MemoryStore& store, size_t count, const Key* keys)
      : store_(store), keys_(keys), count_(count) {
    for (size_t i = 0; i < std::min(slots_ahead, count); ++i) fetch_slot(i);
    for (size_t i = 0; i < std::min(entries_ahead, count); ++i) fetch_entry(i);
  }

  /// The mark of the i-th key; they are taken in order.
  uint32_t take(size_t i) {
    const uint32_t mark = marks_[i % slots_ahead];
    if (i + slots_ahead < count_) fetch_slot(i + slots_ahead);
    if (i + entries_ahead < count_) fetch_entry(i + entries_ahead);
    return mark;
  }

 private:
  void fetch_slot(size_t i) {
    const uint32_t mark = mark_of(keys_[i].bucket, view(keys_[i].key));
    marks_[i % slots_ahead] = mark;
    __builtin_prefetch(&store_.slots_[mark & store_.mask_]);
  }
  void fetch_entry(size_t i) {
    const uint32_t mark = marks_[i % slots_ahead];
    for (size_t at = mark & store_.mask_;; at = (at + 1) & store_.mask_) {
      const Slot& slot = store_.slots_[at];
      if (slot.entry == no_entry) return;
      if (slot.mark == mark) return __builtin_prefetch(&store_.entries_[slot.entry]);
    }
  }

  const MemoryStore& store_;
  const Key* keys_;
  size_t count_;
  std::array<uint32_t, slots_ahead> marks_{};
};

size_t MemoryStore::find(int64_t bucket, std::string_view key, uint32_t mark) const {
  for (size_t at = mark & mask_;; at = (at + 1) & mask_) {
    const Slot& slot = slots_[at];
    if (slot.entry == no_entry) return at;
    if (slot.mark != mark) continue;
    const Entry& entry = entries_[slot.entry];
    if (entry.bucket != bucket) continue;
    const auto found = entry.key();
    if (found.size() == key.size() && same_bytes(found.data(), key.data(), key.size())) return at;
  }
}

void MemoryStore::get(size_t count, const Key* keys, mr_str* values) {
  Lookups lookups(*this, count, keys);
  for (size_t i = 0; i < count; ++i) {
    const Slot& slot = slots_[find(keys[i].bucket, view(keys[i].key), lookups.take(i))];
    values[i] = slot.entry == no_entry ? mr_str{nullptr, 0} : str(entries_[slot.entry].value());
  }
}

void MemoryStore::put(size_t count, const Key* keys, const mr_str* values) {
  Lookups lookups(*this, count, keys);
  for (size_t i = 0; i < count; ++i)
    put_one(keys[i].bucket, view(keys[i].key), lookups.take(i), view(values[i]));
}

void MemoryStore::put_one(int64_t bucket, std::string_view key, uint32_t mark,
                          std::string_view value) {
  const size_t at = find(bucket, key, mark);
  uint32_t number = slots_[at].entry;
  if (number != no_entry) {
    entries_.set_value(entries_[number], value);
  } else {
    number = entries_.add(bucket, key, value);
    entries_[number].set_stamp(walk_.stamp());
    slots_[at] = {mark, number};
    append_to_bucket(number);
    if (entries_.size() * 4 > slots_.size() * 3) grow();
  }
  mark_dirty(number);
}

void MemoryStore::append_to_bucket(uint32_t number) {
  Entry& entry = entries_[number];
  const auto [found, added] = buckets_.try_emplace(entry.bucket, Bucket{number, number});
  if (added) return;
  Bucket& bucket = found->second;
  entry.previous = bucket.last;
  entries_[bucket.last].next = number;
  bucket.last = number;
}

void MemoryStore::leave_bucket(uint32_t number) {
  const Entry& entry = entries_[number];
  walk_.leaves(number, entry);
  if (entry.next != no_entry) entries_[entry.next].previous = entry.previous;
  if (entry.previous != no_entry) entries_[entry.previous].next = entry.next;
  if (entry.next != no_entry && entry.previous != no_entry) return;
  const auto found = buckets_.find(entry.bucket);
  if (entry.next == no_entry && entry.previous == no_entry)
    buckets_.erase(found);
  else if (entry.previous == no_entry)
    found->second.first = entry.next;
  else
    found->second.last = entry.previous;
}

void MemoryStore::grow() {
  std::vector<Slot> old(slots_.size() * 2, Slot{0, no_entry});
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.entry == no_entry) continue;
    size_t at = slot.mark & mask_;
    while (slots_[at].entry != no_entry) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

// Closes the gap: slots that follow move up unless that would put one before its home.
void MemoryStore::clear_slot(size_t at) {
  for (size_t next = (at + 1) & mask_; slots_[next].entry != no_entry; next = (next + 1) & mask_) {
    const size_t home = slots_[next].mark & mask_;
    if (((next - home) & mask_) < ((next - at) & mask_)) continue;
    slots_[at] = slots_[next];
    at = next;
  }
  slots_[at].entry = no_entry;
}

void MemoryStore::erase(size_t count, const Key* keys) {
  for (size_t i = 0; i < count; ++i)
    if (erase_one(keys[i].bucket, view(keys[i].key)))
      erased_.push_back({keys[i].bucket, std::string(view(keys[i].key))});
}

bool MemoryStore::erase_one(int64_t bucket, std::string_view key) {
  const size_t at = find(bucket, key, mark_of(bucket, key));
  const uint32_t number = slots_[at].entry;
  if (number == no_entry) return false;
  leave_bucket(number);
  entries_[number].dirty_position = no_entry;
  clear_slot(at);
  entries_.remove(number);
  return true;
}

void MemoryStore::scan(int64_t from, int64_t to, void* visitor, mr_visit visit) {
  if (from > to) return;
  const auto end = buckets_.upper_bound(to);
  for (auto bucket = buckets_.lower_bound(from); bucket != end; ++bucket)
    for (uint32_t number = bucket->second.first; number != no_entry;
         number = entries_[number].next) {
      const Entry& entry = entries_[number];
      visit(visitor, entry.bucket, str(entry.key()), str(entry.value()));
    }
}

int64_t MemoryStore::evict(int64_t up_to) {
  int64_t removed = 0;
  walk_.evicts(up_to);
  while (!buckets_.empty() && buckets_.begin()->first <= up_to) {
    uint32_t number = buckets_.begin()->second.first;
    while (number != no_entry) {
      Entry& entry = entries_[number];
      const uint32_t next = entry.next;
      size_t at = mark_of(entry.bucket, entry.key()) & mask_;
      while (slots_[at].entry != number) at = (at + 1) & mask_;
      entry.dirty_position = no_entry;
      clear_slot(at);
      entries_.remove(number);
      number = next;
      ++removed;
    }
    buckets_.erase(buckets_.begin());
  }
  if (removed != 0) {
    evicted_up_to_ = evicted_ ? std::max(evicted_up_to_, up_to) : up_to;
    evicted_ = true;
  }
  return removed;
}

StoreSize MemoryStore::measure() const {
  const size_t bytes = sizeof *this + entries_.memory_bytes() + slots_.size() * sizeof(Slot) +
                       buckets_.size() * bucket_bytes + dirty_.capacity() * sizeof(uint32_t) +
                       erased_.capacity() * sizeof(ErasedKey);
  return {static_cast<int64_t>(entries_.size()), static_cast<int64_t>(bytes)};
}

// ---------------------------------------------------------------- writing down

void MemoryStore::mark_dirty(uint32_t number) {
  Entry& entry = entries_[number];
  if (entry.dirty_position != no_entry) return;
  entry.dirty_position = static_cast<uint32_t>(dirty_.size());
  dirty_.push_back(number);
}

// First what went, then what is there now: an entry that was removed and came back is put last,
// as it was. A removed entry's place in the list may name an entry that took its number.
void MemoryStore::write_changes(const PieceWriter& writer) {
  PieceBuilder pieces(writer);
  if (evicted_) pieces.evict(evicted_up_to_);
  for (const auto& erased : erased_) pieces.erase(erased.bucket, erased.key);
  for (size_t position = 0; position < dirty_.size(); ++position) {
    if (position + entries_ahead < dirty_.size())
      __builtin_prefetch(&entries_[dirty_[position + entries_ahead]], 1);
    Entry& entry = entries_[dirty_[position]];
    if (entry.dirty_position != position) continue;
    pieces.put(entry.bucket, entry.key(), entry.value());
    entry.dirty_position = no_entry;
  }
  pieces.finish();
  forget_lists();
}

void MemoryStore::write_snapshot(const PieceWriter& writer) {
  PieceBuilder pieces(writer);
  for (const auto& [time, bucket] : buckets_)
    for (uint32_t number = bucket.first; number != no_entry; number = entries_[number].next)
      pieces.put(time, entries_[number].key(), entries_[number].value());
  pieces.finish();
  forget_changes();
}

bool MemoryStore::write_part(bool begins, int64_t bytes_max, const PieceWriter& writer) {
  if (begins) walk_.begin(buckets_, entries_);
  PieceBuilder pieces(writer);
  while (pieces.bytes() < bytes_max) {
    const uint32_t number = walk_.next(buckets_, entries_);
    if (number == no_entry) break;
    const Entry& entry = entries_[number];
    pieces.put(entry.bucket, entry.key(), entry.value());
  }
  pieces.finish();
  return !walk_.under_way();
}

void MemoryStore::forget_changes() {
  for (const auto number : dirty_) entries_[number].dirty_position = no_entry;
  forget_lists();
}

void MemoryStore::forget_lists() {
  dirty_.clear();
  erased_.clear();
  evicted_ = false;
}

// What was read is not a change.
void MemoryStore::read(std::string_view bytes) {
  PieceReader pieces(bytes);
  while (const auto change = pieces.next()) {
    switch (change->operation) {
      case StateOperation::put:
        put_one(change->bucket, change->key, mark_of(change->bucket, change->key), change->value);
        break;
      case StateOperation::erase:
        erase_one(change->bucket, change->key);
        break;
      case StateOperation::evict:
        evict(change->bucket);
        break;
    }
  }
  forget_changes();
}

}  // namespace millrace::memory_store

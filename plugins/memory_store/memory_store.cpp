#include "plugins/memory_store/memory_store.hpp"

#include <algorithm>
#include <limits>

namespace millrace::memory_store {
namespace {

constexpr size_t slots_at_first = 64;
constexpr size_t lookahead = 8;
constexpr size_t bucket_bytes = 72;  // Of a map's node, with what malloc adds.

}  // namespace

MemoryStore::MemoryStore(const Settings&, const Context&)
    : slots_(slots_at_first, Slot{0, no_entry}),
      mask_(slots_at_first - 1),
      evicted_up_to_(std::numeric_limits<int64_t>::min()) {}

uint32_t MemoryStore::mark_of(uint64_t hash, int64_t bucket) {
  uint64_t mixed =
      (hash ^ (static_cast<uint64_t>(bucket) * 0x9e3779b97f4a7c15)) * 0xd6e8feb86659fd93;
  mixed ^= mixed >> 32;
  return static_cast<uint32_t>(mixed * 0x9e3779b97f4a7c15 >> 32);
}

void MemoryStore::prefetch(const Key* keys, size_t at, size_t count) const {
  if (at < count) __builtin_prefetch(&slots_[mark_of(keys[at].hash, keys[at].bucket) & mask_]);
}

size_t MemoryStore::find(const Key& key, uint32_t mark) const {
  for (size_t at = mark & mask_;; at = (at + 1) & mask_) {
    const Slot& slot = slots_[at];
    if (slot.entry == no_entry) return at;
    if (slot.mark != mark) continue;
    const Entry& entry = entries_[slot.entry];
    if (entry.bucket == key.bucket && entry.hash == key.hash && entry.key() == view(key.key))
      return at;
  }
}

void MemoryStore::get(size_t count, const Key* keys, mr_str* values) {
  for (size_t i = 0; i < count; ++i) {
    prefetch(keys, i + lookahead, count);
    const Slot& slot = slots_[find(keys[i], mark_of(keys[i].hash, keys[i].bucket))];
    values[i] = slot.entry == no_entry ? mr_str{nullptr, 0} : str(entries_[slot.entry].value());
  }
}

void MemoryStore::put(size_t count, const Key* keys, const mr_str* values) {
  for (size_t i = 0; i < count; ++i) {
    prefetch(keys, i + lookahead, count);
    put_one(keys[i], view(values[i]));
  }
}

void MemoryStore::put_one(const Key& key, std::string_view value) {
  const uint32_t mark = mark_of(key.hash, key.bucket);
  const size_t at = find(key, mark);
  uint32_t number = slots_[at].entry;
  if (number != no_entry) {
    entries_.set_value(entries_[number], value);
  } else {
    number = entries_.add(key.bucket, key.hash, view(key.key), value);
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

void MemoryStore::leave_bucket(const Entry& entry) {
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
    if (erase_one(keys[i]))
      erased_.push_back({keys[i].bucket, keys[i].hash, std::string(view(keys[i].key))});
}

bool MemoryStore::erase_one(const Key& key) {
  const size_t at = find(key, mark_of(key.hash, key.bucket));
  const uint32_t number = slots_[at].entry;
  if (number == no_entry) return false;
  leave_bucket(entries_[number]);
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
  while (!buckets_.empty() && buckets_.begin()->first <= up_to) {
    uint32_t number = buckets_.begin()->second.first;
    while (number != no_entry) {
      Entry& entry = entries_[number];
      const uint32_t next = entry.next;
      size_t at = mark_of(entry.hash, entry.bucket) & mask_;
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

Key MemoryStore::key_of(const Entry& entry) const {
  return {entry.bucket, entry.hash, str(entry.key())};
}

// First what went, then what is there now: an entry that was removed and came back is put last,
// as it was. A removed entry's place in the list may name an entry that took its number.
void MemoryStore::write_changes(const PieceWriter& writer) {
  PieceBuilder pieces(writer);
  if (evicted_) pieces.evict(evicted_up_to_);
  for (const auto& erased : erased_) pieces.erase({erased.bucket, erased.hash, str(erased.key)});
  for (size_t position = 0; position < dirty_.size(); ++position) {
    const Entry& entry = entries_[dirty_[position]];
    if (entry.dirty_position == position) pieces.put(key_of(entry), entry.value());
  }
  pieces.finish();
  forget_changes();
}

void MemoryStore::write_snapshot(const PieceWriter& writer) {
  PieceBuilder pieces(writer);
  for (const auto& [time, bucket] : buckets_)
    for (uint32_t number = bucket.first; number != no_entry; number = entries_[number].next)
      pieces.put(key_of(entries_[number]), entries_[number].value());
  pieces.finish();
  forget_changes();
}

void MemoryStore::forget_changes() {
  for (const auto number : dirty_) entries_[number].dirty_position = no_entry;
  dirty_.clear();
  erased_.clear();
  evicted_ = false;
}

// What was read is not a change.
void MemoryStore::read(std::string_view bytes) {
  PieceReader pieces(bytes);
  while (const auto change = pieces.next()) {
    switch (change->operation) {
      case Operation::put:
        put_one(change->key, change->value);
        break;
      case Operation::erase:
        erase_one(change->key);
        break;
      case Operation::evict:
        evict(change->key.bucket);
        break;
    }
  }
  forget_changes();
}

}  // namespace millrace::memory_store

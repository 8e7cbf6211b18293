#include "plugins/memory_store/entry_pool.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "millrace/error.hpp"
#include "millrace/short_bytes.hpp"

namespace millrace::memory_store {
namespace {

constexpr size_t block_overhead = 16;  // What malloc adds, about.
constexpr uint32_t bytes_most = 0x7fffffff;

void copy(char* to, std::string_view text) { copy_bytes(to, text.data(), text.size()); }

}  // namespace

EntryPool::~EntryPool() {
  for (size_t number = 0; number < used_; ++number)
    release_block((*this)[static_cast<uint32_t>(number)]);
}

uint32_t EntryPool::take() {
  if (first_free_ != no_entry) {
    const uint32_t number = first_free_;
    first_free_ = (*this)[number].next;
    --free_count_;
    return number;
  }
  if (used_ >= no_entry) throw Error::external("a shard holds more than 2^32 groups");
  if (used_ == chunks_.size() * chunk_size)
    chunks_.push_back(std::make_unique_for_overwrite<Entry[]>(chunk_size));
  return static_cast<uint32_t>(used_++);
}

char* EntryPool::new_block(size_t size) {
  auto* block = static_cast<char*>(std::malloc(size));
  if (block == nullptr) throw std::bad_alloc();
  block_bytes_ += size + block_overhead;
  return block;
}

void EntryPool::release_block(Entry& entry) {
  if (entry.is_inline()) return;
  block_bytes_ -= entry.capacity_ + block_overhead;
  std::free(entry.block_);
  entry.capacity_ = 0;
}

uint32_t EntryPool::add(int64_t bucket, std::string_view key, std::string_view value) {
  const size_t size = key.size() + value.size();
  if (size > bytes_most) throw Error::data("the state of one key is larger than 2 GiB");
  char* block = size > Entry::room ? new_block(size) : nullptr;
  const uint32_t number = take();
  Entry& entry = (*this)[number];
  entry.bucket = bucket;
  entry.next = entry.previous = entry.dirty_position = no_entry;
  entry.key_size_ = static_cast<uint32_t>(key.size()) & bytes_most;
  entry.stamp_ = 0;
  entry.value_size_ = static_cast<uint32_t>(value.size());
  entry.capacity_ = 0;
  if (block != nullptr) {
    entry.capacity_ = static_cast<uint32_t>(size);
    entry.block_ = block;
  }
  copy(entry.bytes(), key);
  copy(entry.bytes() + key.size(), value);
  return number;
}

// A value that fits replaces the old one in place. One that grows gets half as much room again,
// so that a list that grows for ever is not copied for every item.
void EntryPool::set_value(Entry& entry, std::string_view value) {
  const size_t size = entry.key_size_ + value.size();
  if (size > bytes_most) throw Error::data("the state of one key is larger than 2 GiB");
  const size_t room = entry.is_inline() ? Entry::room : entry.capacity_;
  if (size > room) {
    const size_t capacity = std::min(size + size / 2, size_t{bytes_most});
    char* block = new_block(capacity);
    copy(block, entry.key());
    release_block(entry);
    entry.capacity_ = static_cast<uint32_t>(capacity);
    entry.block_ = block;
  }
  copy(entry.bytes() + entry.key_size_, value);
  entry.value_size_ = static_cast<uint32_t>(value.size());
}

void EntryPool::remove(uint32_t number) {
  Entry& entry = (*this)[number];
  release_block(entry);
  entry.next = first_free_;
  first_free_ = number;
  ++free_count_;
}

size_t EntryPool::memory_bytes() const {
  return chunks_.size() * chunk_size * sizeof(Entry) + block_bytes_;
}

}  // namespace millrace::memory_store

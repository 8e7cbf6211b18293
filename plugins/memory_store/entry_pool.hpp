#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace millrace::memory_store {

inline constexpr uint32_t no_entry = 0xffffffff;

/// One entry of the store: a cache line. Key and value lie one after the other, in the entry
/// itself if they are short, else in a block of their own.
class Entry {
 public:
  int64_t bucket;
  uint32_t next;            // In its bucket, or among the free ones.
  uint32_t previous;        // In its bucket.
  uint32_t dirty_position;  // In the list of changed entries, or no_entry.

  std::string_view key() const { return {bytes(), key_size_}; }
  std::string_view value() const { return {bytes() + key_size_, value_size_}; }
  /// Tells what a walk over all entries has still to visit from what came since; see SnapshotWalk.
  bool stamp() const { return stamp_ != 0; }
  void set_stamp(bool stamp) { stamp_ = stamp ? 1 : 0; }

 private:
  friend class EntryPool;
  static constexpr size_t room = 32;

  bool is_inline() const { return capacity_ == 0; }
  const char* bytes() const { return is_inline() ? inline_ : block_; }
  char* bytes() { return is_inline() ? inline_ : block_; }

  uint32_t key_size_ : 31;
  uint32_t stamp_ : 1;
  uint32_t value_size_;
  uint32_t capacity_;  // Of the block; 0 for none.
  union {
    char inline_[room];
    char* block_;
  };
};
static_assert(sizeof(Entry) == 64);

/// Entries by number. Their addresses never change, and numbers are used again.
class EntryPool {
 public:
  EntryPool() = default;
  EntryPool(const EntryPool&) = delete;
  EntryPool& operator=(const EntryPool&) = delete;
  ~EntryPool();

  Entry& operator[](uint32_t number) { return chunks_[number / chunk_size][number % chunk_size]; }
  const Entry& operator[](uint32_t number) const {
    return chunks_[number / chunk_size][number % chunk_size];
  }
  uint32_t add(int64_t bucket, std::string_view key, std::string_view value);
  void set_value(Entry& entry, std::string_view value);
  void remove(uint32_t number);

  size_t size() const { return used_ - free_count_; }
  size_t memory_bytes() const;

 private:
  static constexpr size_t chunk_size = 1024;

  uint32_t take();
  void release_block(Entry& entry);
  char* new_block(size_t size);

  std::vector<std::unique_ptr<Entry[]>> chunks_;
  size_t used_ = 0;
  size_t free_count_ = 0;
  uint32_t first_free_ = no_entry;
  size_t block_bytes_ = 0;
};

}  // namespace millrace::memory_store

#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "millrace/key_hash.hpp"

namespace millrace::rocksdb_store {

/// Which keys are there, of those that a shard has looked up or changed lately: a transform asks
/// for a key before it puts it, so that counting entries needs no second look. Keys are told apart
/// by 62 bits of their hash.
class KnownKeys {
 public:
  static constexpr size_t keys_most = 32 * 1024;

  std::optional<bool> find(std::string_view key) const {
    if (slots_.empty()) return std::nullopt;
    const uint64_t slot = slots_[place_of(print_of(key))];
    if (slot == 0) return std::nullopt;
    return (slot & 1) != 0;
  }

  void note(std::string_view key, bool present) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    const uint64_t print = print_of(key);
    uint64_t& slot = slots_[place_of(print)];
    if (slot == 0) ++size_;
    slot = print | (present ? 1 : 0);
  }

  /// Whether that many more fit; otherwise the oldest have to go, which are all.
  void make_room(size_t keys) {
    if (size_ + keys > keys_most) clear();
  }

  void clear() {
    if (size_ == 0) return;
    slots_.assign(slots_.size(), 0);
    size_ = 0;
  }

 private:
  static constexpr size_t slots_at_first = 256;

  // The lowest bit is free; never 0.
  static uint64_t print_of(std::string_view key) {
    return (hash_bytes(key.data(), key.size()) & ~uint64_t{1}) | (uint64_t{1} << 63);
  }

  size_t place_of(uint64_t print) const {
    const size_t mask = slots_.size() - 1;
    for (size_t at = print >> 8 & mask;; at = (at + 1) & mask)
      if (slots_[at] == 0 || (slots_[at] & ~uint64_t{1}) == print) return at;
  }

  void grow() {
    const std::vector<uint64_t> old = std::move(slots_);
    slots_.assign(old.empty() ? slots_at_first : old.size() * 2, 0);
    for (const uint64_t slot : old)
      if (slot != 0) slots_[place_of(slot & ~uint64_t{1})] = slot;
  }

  std::vector<uint64_t> slots_;
  size_t size_ = 0;
};

}  // namespace millrace::rocksdb_store

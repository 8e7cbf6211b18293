#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/store.hpp"

// Keys of the database, so that their order is that of shards, then buckets:
//   a shard's entry  transform (2 bytes, from 1), shard (2), bucket (8, sign bit turned), key
//   the database's   0 (2 bytes), then 'n' and a transform's name -> its number
//                                 or 'r', transform and shard     -> how many entries it has
// Numbers are big-endian.
namespace millrace::rocksdb_store {

struct ShardId {
  uint16_t transform = 0;
  uint16_t shard = 0;
  auto operator<=>(const ShardId&) const = default;
};

inline constexpr size_t shard_bytes = 4;
inline constexpr size_t prefix_bytes = shard_bytes + 8;

template <class Number>
void append_number(std::string& to, Number number) {
  for (int shift = 8 * static_cast<int>(sizeof number) - 8; shift >= 0; shift -= 8)
    to.push_back(static_cast<char>(number >> shift));
}

template <class Number>
Number number_at(std::string_view text, size_t at) {
  Number number = 0;
  for (size_t i = 0; i < sizeof number; ++i)
    number = static_cast<Number>(number << 8 | static_cast<uint8_t>(text[at + i]));
  return number;
}

inline void append_shard(std::string& to, ShardId id) {
  append_number(to, id.transform);
  append_number(to, id.shard);
}

constexpr uint64_t sign_bit = uint64_t{1} << 63;

inline void append_prefix(std::string& to, ShardId id, int64_t bucket) {
  append_shard(to, id);
  append_number(to, static_cast<uint64_t>(bucket) ^ sign_bit);
}

inline int64_t bucket_of(std::string_view key) {
  return static_cast<int64_t>(number_at<uint64_t>(key, shard_bytes) ^ sign_bit);
}

/// The first place of a bucket.
inline std::string begin_of(ShardId id, int64_t bucket) {
  std::string text;
  append_prefix(text, id, bucket);
  return text;
}

/// The place behind everything of a shard.
inline std::string end_of(ShardId id) {
  std::string text;
  append_number(text, static_cast<uint32_t>((uint32_t{id.transform} << 16 | id.shard) + 1));
  return text;
}

/// The place behind a bucket.
inline std::string end_of(ShardId id, int64_t bucket) {
  return bucket == std::numeric_limits<int64_t>::max() ? end_of(id) : begin_of(id, bucket + 1);
}

/// Keys of a shard, one behind the other in one text.
class KeyTexts {
 public:
  void encode(ShardId id, size_t count, const Key* keys) {
    text_.clear();
    ends_.clear();
    for (size_t i = 0; i < count; ++i) {
      append_prefix(text_, id, keys[i].bucket);
      text_.append(view(keys[i].key));
      ends_.push_back(text_.size());
    }
    views_.clear();
    size_t begin = 0;
    for (const size_t end : ends_) {
      views_.emplace_back(text_.data() + begin, end - begin);
      begin = end;
    }
  }
  const std::vector<std::string_view>& views() const { return views_; }

 private:
  std::string text_;
  std::vector<size_t> ends_;
  std::vector<std::string_view> views_;
};

}  // namespace millrace::rocksdb_store

#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "millrace/buffer.hpp"
#include "millrace/column.hpp"

// Keys as bytes: each part is 1 and its value, or 0 for null. Equal keys have equal bytes: NaN
// equals NaN, and -0.0 is 0.0.
namespace millrace::join {

inline uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 32)) * 0xd6e8feb86659fd93;
  value = (value ^ (value >> 29)) * 0x9e3779b97f4a7c15;
  return value ^ (value >> 32);
}

uint64_t hash_of(std::string_view bytes);

/// The keys of the rows of one batch.
class KeyBytes {
 public:
  /// `null_safe` says of which parts NULL equals NULL. The views last until the next call.
  void encode(std::span<const Column> parts, const std::vector<bool>& null_safe, size_t rows);

  std::string_view key(size_t row) const {
    return {bytes_.data() + offsets_[row], offsets_[row + 1] - offsets_[row]};
  }
  uint64_t hash(size_t row) const { return hash_of(key(row)); }
  /// Whether nothing can be equal to it, because a part is NULL.
  bool matches_nothing(size_t row) const { return no_match_[row] != 0; }

 private:
  void append(const Column& part, int64_t row);

  Buffer<char> bytes_;
  Buffer<size_t> offsets_;
  Buffer<uint8_t> no_match_;
};

}  // namespace millrace::join

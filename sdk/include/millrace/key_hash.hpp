#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "millrace/int128.hpp"

// The hash of grouping keys. It decides the shard that owns a key, so it is part of what a
// checkpoint means: the same key must give the same hash in every task, run and release.
namespace millrace {

inline constexpr uint64_t hash_seed = 0x9e3779b97f4a7c15;
inline constexpr uint64_t hash_secret = 0xd6e8feb86659fd93;
inline constexpr uint64_t hash_of_null = 0x27220a95fe5c1f4d;
inline constexpr uint64_t hash_of_no_key = 0;  // Everything in one group lives in shard 0.

inline uint64_t load_eight(const char* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline uint32_t load_four(const char* from) {
  uint32_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline uint64_t folded_multiply(uint64_t a, uint64_t b) {
  const UInt128 product = static_cast<UInt128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t hash_integer(uint64_t value) {
  value = (value ^ (value >> 32)) * hash_secret;
  value = (value ^ (value >> 29)) * hash_seed;
  return value ^ (value >> 32);
}

inline uint64_t hash_bytes(const char* data, size_t size) {
  const auto byte = [&](size_t i) { return static_cast<uint64_t>(static_cast<uint8_t>(data[i])); };
  uint64_t seed = hash_seed;
  uint64_t a = 0;
  uint64_t b = 0;
  if (size > 16) {
    const char* at = data;
    size_t left = size;
    for (; left > 16; left -= 16, at += 16)
      seed = folded_multiply(load_eight(at) ^ hash_secret, load_eight(at + 8) ^ seed);
    a = load_eight(at + left - 16);
    b = load_eight(at + left - 8);
  } else if (size >= 8) {
    a = load_eight(data);
    b = load_eight(data + size - 8);
  } else if (size >= 4) {
    a = load_four(data);
    b = load_four(data + size - 4);
  } else if (size > 0) {
    a = byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1);
  }
  return folded_multiply(hash_secret ^ size, folded_multiply(a ^ hash_secret, b ^ seed));
}

}  // namespace millrace

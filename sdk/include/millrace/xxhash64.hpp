#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "millrace/int128.hpp"

// xxHash64 as Spark computes it: the published algorithm over bytes, and its short forms for one
// int or one long.
namespace millrace::xxhash64 {

inline constexpr uint64_t prime1 = 0x9E3779B185EBCA87;
inline constexpr uint64_t prime2 = 0xC2B2AE3D27D4EB4F;
inline constexpr uint64_t prime3 = 0x165667B19E3779F9;
inline constexpr uint64_t prime4 = 0x85EBCA77C2B2AE63;
inline constexpr uint64_t prime5 = 0x27D4EB2F165667C5;

inline uint64_t finished(uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * prime2;
  hash = (hash ^ (hash >> 29)) * prime3;
  return hash ^ (hash >> 32);
}

inline uint64_t with_eight(uint64_t hash, uint64_t word) {
  return std::rotl(hash ^ (std::rotl(word * prime2, 31) * prime1), 27) * prime1 + prime4;
}

inline uint64_t with_four(uint64_t hash, uint32_t word) {
  return std::rotl(hash ^ (word * prime1), 23) * prime2 + prime3;
}

inline uint64_t of_int(int32_t value, uint64_t seed) {
  return finished(with_four(seed + prime5 + 4, static_cast<uint32_t>(value)));
}

inline uint64_t of_long(int64_t value, uint64_t seed) {
  return finished(with_eight(seed + prime5 + 8, static_cast<uint64_t>(value)));
}

template <class Word>
Word word_at(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// The part of a text of 32 bytes and more that is hashed in four lanes.
inline uint64_t of_stripes(const char*& at, const char* end, uint64_t seed) {
  uint64_t lanes[4] = {seed + prime1 + prime2, seed + prime2, seed, seed - prime1};
  for (; end - at >= 32; at += 32)
    for (size_t i = 0; i < 4; ++i)
      lanes[i] = std::rotl(lanes[i] + word_at<uint64_t>(at + i * 8) * prime2, 31) * prime1;
  uint64_t hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
                  std::rotl(lanes[3], 18);
  for (const uint64_t lane : lanes)
    hash = (hash ^ (std::rotl(lane * prime2, 31) * prime1)) * prime1 + prime4;
  return hash;
}

inline uint64_t of_bytes(std::string_view bytes, uint64_t seed) {
  const char* at = bytes.data();
  const char* end = at + bytes.size();
  uint64_t hash = bytes.size() >= 32 ? of_stripes(at, end, seed) : seed + prime5;
  hash += bytes.size();
  for (; end - at >= 8; at += 8) hash = with_eight(hash, word_at<uint64_t>(at));
  if (end - at >= 4) {
    hash = with_four(hash, word_at<uint32_t>(at));
    at += 4;
  }
  for (; at < end; ++at) hash = std::rotl(hash ^ (static_cast<uint8_t>(*at) * prime5), 11) * prime1;
  return finished(hash);
}

/// The bytes that Java's BigInteger has for a number: as few as hold it, the most significant
/// first.
inline std::string_view shortest_bytes(Int128 value, char (&bytes)[sizeof(Int128)]) {
  size_t first = sizeof bytes;
  bool more = true;
  while (more) {
    bytes[--first] = static_cast<char>(value & 0xff);
    value >>= 8;
    const bool negative = (static_cast<unsigned char>(bytes[first]) & 0x80) != 0;
    more = first != 0 && value != (negative ? -1 : 0);
  }
  return {bytes + first, sizeof bytes - first};
}

/// Of a decimal: as a long where its type has no more digits than a long holds.
inline uint64_t of_decimal(Int128 value, int precision, uint64_t seed) {
  constexpr int long_digits = 18;
  if (precision <= long_digits) return of_long(static_cast<int64_t>(value), seed);
  char bytes[sizeof(Int128)];
  return of_bytes(shortest_bytes(value, bytes), seed);
}

}  // namespace millrace::xxhash64

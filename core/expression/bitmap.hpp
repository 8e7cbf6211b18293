#pragma once
#include <bit>
#include <cstdint>
#include <cstring>

#include "millrace/buffer.hpp"
#include "millrace/column.hpp"

namespace millrace {

/// Bits in 64-bit words, least significant first: the layout of Arrow's bitmaps on little-endian
/// machines, but always padded to whole words.
using Bitmap = Buffer<uint64_t>;

static_assert(std::endian::native == std::endian::little);

inline size_t words_for(int64_t bits) { return static_cast<size_t>((bits + 63) / 64); }

/// The 64 bits from word `word` on, read without touching bytes behind the last bit; bits beyond
/// `length` are 0.
inline uint64_t load_word(const uint8_t* bits, int64_t length, size_t word) {
  const int64_t rest = length - static_cast<int64_t>(word) * 64;
  uint64_t value = 0;
  if (rest >= 64) {
    std::memcpy(&value, bits + word * 8, 8);
    return value;
  }
  std::memcpy(&value, bits + word * 8, bytes_for_bits(rest));
  return value & ((uint64_t{1} << rest) - 1);
}

inline bool bit_at(const uint64_t* words, int64_t at) { return (words[at >> 6] >> (at & 63)) & 1; }
inline void set_bit(uint64_t* words, int64_t at) { words[at >> 6] |= uint64_t{1} << (at & 63); }
inline void clear_bit(uint64_t* words, int64_t at) {
  words[at >> 6] &= ~(uint64_t{1} << (at & 63));
}

/// A bitmap whose words are computed one by one: `word(i)` gives word i.
template <class Word>
Bitmap make_bitmap(int64_t length, Word word) {
  Bitmap bitmap;
  bitmap.resize(words_for(length));
  for (size_t i = 0; i < bitmap.size(); ++i) bitmap[i] = word(i);
  if (length % 64 != 0) bitmap.back() &= (uint64_t{1} << (length % 64)) - 1;
  return bitmap;
}

inline Bitmap filled_bitmap(int64_t length, bool value) {
  return make_bitmap(length, [&](size_t) { return value ? ~uint64_t{0} : uint64_t{0}; });
}

/// A bitmap of `test(row)` for each row. Eight results at a time are made as bytes, which compilers
/// turn into vector code, and then gathered into bits by one multiplication.
template <class Test>
Bitmap test_rows(int64_t length, Test test) {
  Bitmap bitmap;
  bitmap.resize(words_for(length));
  for (size_t word = 0; word < bitmap.size(); ++word) {
    const int64_t first = static_cast<int64_t>(word) * 64;
    const int64_t count = length - first < 64 ? length - first : 64;
    uint8_t results[64];
    if (count == 64) {
      for (int64_t i = 0; i < 64; ++i) results[i] = test(first + i);
    } else {
      std::memset(results, 0, sizeof results);
      for (int64_t i = 0; i < count; ++i) results[i] = test(first + i);
    }
    uint64_t bits = 0;
    for (int group = 0; group < 8; ++group) {
      uint64_t bytes = 0;
      std::memcpy(&bytes, results + group * 8, 8);
      bits |= (bytes * 0x0102040810204080ULL >> 56) << (group * 8);
    }
    bitmap[word] = bits;
  }
  return bitmap;
}

inline int64_t count_bits(const Bitmap& bitmap) {
  int64_t count = 0;
  for (size_t i = 0; i < bitmap.size(); ++i) count += std::popcount(bitmap[i]);
  return count;
}

}  // namespace millrace

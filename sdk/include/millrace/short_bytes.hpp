#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

// Most keys and values are short: a few moves of words inline are far cheaper than a call of memcmp
// or memcpy.
namespace millrace {

namespace detail {

template <class Word>
Word load_word(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

template <class Word>
void move_word(char* to, const char* from) {
  const auto word = load_word<Word>(from);
  std::memcpy(to, &word, sizeof word);
}

}  // namespace detail

inline bool same_bytes(const char* a, const char* b, size_t size) {
  const auto differ = [&](size_t at, auto word) {
    return detail::load_word<decltype(word)>(a + at) != detail::load_word<decltype(word)>(b + at);
  };
  if (size >= 8) {
    for (size_t i = 0; i + 8 <= size; i += 8)
      if (differ(i, uint64_t{})) return false;
    return !differ(size - 8, uint64_t{});
  }
  if (size >= 4) return !differ(0, uint32_t{}) && !differ(size - 4, uint32_t{});
  for (size_t i = 0; i < size; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

/// They must not overlap.
inline void copy_bytes(char* to, const char* from, size_t size) {
  if (size > 16) {
    std::memcpy(to, from, size);
  } else if (size >= 8) {
    detail::move_word<uint64_t>(to, from);
    detail::move_word<uint64_t>(to + size - 8, from + size - 8);
  } else if (size >= 4) {
    detail::move_word<uint32_t>(to, from);
    detail::move_word<uint32_t>(to + size - 4, from + size - 4);
  } else {
    for (size_t i = 0; i < size; ++i) to[i] = from[i];
  }
}

}  // namespace millrace

#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace millrace::json {

static_assert(std::endian::native == std::endian::little);

inline uint64_t eight_bytes(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// A text that others are compared with, eight bytes at a time.
class Literal {
 public:
  Literal() = default;
  explicit Literal(std::string_view text) : size_(static_cast<int64_t>(text.size())) {
    for (size_t at = 0; at < text.size(); at += 8) {
      const size_t count = std::min<size_t>(8, text.size() - at);
      uint64_t word = 0;
      std::memcpy(&word, text.data() + at, count);
      words_.push_back({word, count == 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * count)) - 1});
    }
  }

  bool operator==(const Literal&) const = default;
  int64_t size() const { return size_; }
  // Reads up to seven bytes behind size().
  bool matches(const char* at) const {
    for (const auto& word : words_) {
      if ((eight_bytes(at) ^ word.bytes) & word.mask) return false;
      at += 8;
    }
    return true;
  }

 private:
  struct Word {
    uint64_t bytes;
    uint64_t mask;
    bool operator==(const Word&) const = default;
  };

  std::vector<Word> words_;
  int64_t size_ = 0;
};

// The quote that ends a string which needs nothing done: no escape, no control character. Null
// where there is none before `end`. `ascii` becomes false if the string has other bytes.
//
// Eight bytes at a time; reads up to seven behind `end`, as payloads allow.
inline const char* closing_quote_by_words(const char* at, const char* end, bool& ascii) {
  constexpr uint64_t ones = 0x0101010101010101;
  constexpr uint64_t high = 0x80 * ones;
  uint64_t seen = 0;
  for (; at < end; at += 8) {
    const uint64_t word = eight_bytes(at);
    const uint64_t quotes = word ^ ('"' * ones);
    const uint64_t escapes = word ^ ('\\' * ones);
    // A byte's high bit is set where that byte is zero, or less than a blank; exact up to the first
    // such byte.
    const uint64_t found = ((quotes - ones) & ~quotes) | ((escapes - ones) & ~escapes) |
                           ((word - 0x20 * ones) & ~word);
    if ((found & high) == 0) {
      seen |= word;
      continue;
    }
    const int count = std::countr_zero(found & high) / 8;
    seen |= count == 0 ? 0 : word << (64 - 8 * count);
    ascii = (seen & high) == 0;
    return at + count < end && at[count] == '"' ? at + count : nullptr;
  }
  return nullptr;
}

#ifdef __SSE2__

// The same, 16 bytes at a time; reads up to 15 behind `end`.
inline const char* closing_quote(const char* at, const char* end, bool& ascii) {
  const __m128i last_control = _mm_set1_epi8(0x1f);
  unsigned beyond_ascii = 0;
  for (; at < end; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i escapes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const auto found = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, escapes), controls)));
    const auto high = static_cast<unsigned>(_mm_movemask_epi8(bytes));
    if (found == 0) {
      beyond_ascii |= high;
      continue;
    }
    const char* first = at + std::countr_zero(found);
    beyond_ascii |= high & (found ^ (found - 1));
    ascii = beyond_ascii == 0;
    return first < end && *first == '"' ? first : nullptr;
  }
  return nullptr;
}

#else

inline const char* closing_quote(const char* at, const char* end, bool& ascii) {
  return closing_quote_by_words(at, end, ascii);
}

#endif

}  // namespace millrace::json

#include "core/expression/text_parts.hpp"

#include <algorithm>
#include <string>

#include "core/expression/unicode.hpp"

namespace millrace::strings {

std::string_view between(std::string_view text, int64_t from, int64_t to) {
  from = std::max<int64_t>(from, 0);
  if (to <= from) return {};
  const size_t begin = byte_of_character(text, from);
  const auto rest = text.substr(begin);
  return rest.substr(0, byte_of_character(rest, to - from));
}

std::string_view part(std::string_view text, int32_t position, int64_t count) {
  int64_t start = 0;
  if (position > 0) start = int64_t{position} - 1;
  if (position < 0) start = count_characters(text) + position;
  return between(text, start, start + count);
}

std::string_view last_part(std::string_view text, int32_t count) {
  if (count <= 0) return {};
  const int64_t characters = count_characters(text);
  return between(text, characters - count, characters);
}

int32_t find_from(std::string_view text, std::string_view wanted, int64_t start) {
  const size_t from = byte_of_character(text, start);
  const size_t found = text.find(wanted, from);
  if (found == std::string_view::npos) return 0;
  return static_cast<int32_t>(count_characters(text.substr(0, found)) + 1);
}

// Trimming.

static bool contains_character(std::string_view set, std::string_view character) {
  for (size_t at = 0; at < set.size(); at += character_size(set.substr(at)))
    if (set.substr(at, character_size(set.substr(at))) == character) return true;
  return false;
}

std::string_view trim_front(std::string_view text, std::string_view set) {
  while (!text.empty()) {
    const size_t size = character_size(text);
    if (!contains_character(set, text.substr(0, size))) break;
    text.remove_prefix(size);
  }
  return text;
}

std::string_view trim_back(std::string_view text, std::string_view set) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
    if (!contains_character(set, text.substr(begin))) break;
    text.remove_suffix(text.size() - begin);
  }
  return text;
}

// Changing.

void append_replaced(Text& out, std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return out.append(text);
  for (;;) {
    const size_t found = text.find(from);
    if (found == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, found));
    out.append(to);
    text.remove_prefix(found + from.size());
  }
}

void append_reversed(Text& out, std::string_view text) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
    out.append(text.substr(begin));
    text.remove_suffix(text.size() - begin);
  }
}

void append_translated(Text& out, std::string_view text, std::string_view from,
                       std::string_view to) {
  while (!text.empty()) {
    const size_t size = character_size(text);
    const auto character = text.substr(0, size);
    text.remove_prefix(size);
    int64_t index = 0;
    size_t at = 0;
    for (; at < from.size(); at += character_size(from.substr(at)), ++index)
      if (from.substr(at, character_size(from.substr(at))) == character) break;
    if (at >= from.size())
      out.append(character);
    else
      out.append(between(to, index, index + 1));
  }
}

constexpr int64_t text_bytes_max = 64 << 20;

void append_repeated(Text& out, std::string_view text, int32_t count) {
  if (text.empty()) return;  // However often.
  if (count > 0 && static_cast<int64_t>(text.size()) * count > text_bytes_max)
    throw RowError{"the result has more than 64 MiB"};
  for (int32_t i = 0; i < count; ++i) out.append(text);
}

/// The padding that brings `text` to `length` characters.
static void append_padding(Text& out, int64_t missing, std::string_view pad) {
  if (missing > text_bytes_max) throw RowError{"the result has more than 64 MiB"};
  const int64_t characters = count_characters(pad);
  for (; missing >= characters; missing -= characters) out.append(pad);
  out.append(between(pad, 0, missing));
}

void append_padded(Text& out, std::string_view text, int32_t length, std::string_view pad,
                   bool in_front) {
  const int64_t missing = length - count_characters(text);
  if (missing <= 0) return out.append(between(text, 0, length));
  if (in_front && !pad.empty()) append_padding(out, missing, pad);
  out.append(text);
  if (!in_front && !pad.empty()) append_padding(out, missing, pad);
}

std::string_view split_part(std::string_view text, std::string_view delimiter, int32_t number) {
  if (number == 0)
    throw RowError{"parts are numbered from 1, or from -1 at the end; there is no part 0"};
  if (delimiter.empty()) return number == 1 || number == -1 ? text : std::string_view();
  if (number < 0) {
    for (; number < -1; ++number) {
      const size_t at = text.rfind(delimiter);
      if (at == std::string_view::npos) return {};
      text = text.substr(0, at);
    }
    const size_t at = text.rfind(delimiter);
    return at == std::string_view::npos ? text : text.substr(at + delimiter.size());
  }
  for (; number > 1; --number) {
    const size_t at = text.find(delimiter);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + delimiter.size());
  }
  return text.substr(0, text.find(delimiter));
}

std::string_view substring_index(std::string_view text, std::string_view delimiter, int32_t count) {
  if (count == 0 || delimiter.empty()) return {};
  if (count > 0) {
    size_t at = 0;
    for (; count > 0; --count) {
      const size_t found = text.find(delimiter, at);
      if (found == std::string_view::npos) return text;
      if (count == 1) return text.substr(0, found);
      at = found + delimiter.size();
    }
  }
  size_t end = text.size();
  for (; count < 0; ++count) {
    if (end < delimiter.size()) return text;
    const size_t found = text.rfind(delimiter, end - delimiter.size());
    if (found == std::string_view::npos) return text;
    if (count == -1) return text.substr(found + delimiter.size());
    end = found;
  }
  return text;
}

// Bytes.

static void append_hex_of(Text& out, std::string_view bytes, const char* digits) {
  for (const char c : bytes) {
    out.append(digits[static_cast<uint8_t>(c) >> 4]);
    out.append(digits[static_cast<uint8_t>(c) & 15]);
  }
}
void append_hex(Text& out, std::string_view bytes) {
  append_hex_of(out, bytes, "0123456789ABCDEF");
}
void append_lower_hex(Text& out, std::string_view bytes) {
  append_hex_of(out, bytes, "0123456789abcdef");
}

void append_digits(Text& out, uint64_t value, unsigned bits) {
  unsigned shift = 0;
  while (shift + bits < 64 && value >> (shift + bits) != 0) shift += bits;
  for (;; shift -= bits) {
    out.append("0123456789ABCDEF"[value >> shift & ((1U << bits) - 1)]);
    if (shift == 0) return;
  }
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool append_unhex(Text& out, std::string_view text) {
  for (const char c : text)
    if (hex_digit(c) < 0) return false;
  if (text.size() % 2 == 1) {
    out.append(static_cast<char>(hex_digit(text[0])));
    text.remove_prefix(1);
  }
  for (size_t i = 0; i < text.size(); i += 2)
    out.append(static_cast<char>(hex_digit(text[i]) << 4 | hex_digit(text[i + 1])));
  return true;
}

}  // namespace millrace::strings

#include "core/expression/unicode.hpp"

#include <algorithm>
#include <clocale>
#include <cwctype>

namespace millrace {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

/// Case mapping of code points beyond ASCII comes from the C library's Unicode tables.
locale_t unicode_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

uint32_t map_upper(uint32_t code) {
  const auto locale = unicode_locale();
  return locale == nullptr ? code : static_cast<uint32_t>(towupper_l(code, locale));
}
uint32_t map_lower(uint32_t code) {
  const auto locale = unicode_locale();
  return locale == nullptr ? code : static_cast<uint32_t>(towlower_l(code, locale));
}

char upper_ascii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

void append_upper_character(std::string_view character, Text& out) {
  const uint32_t code = first_code_point(character);
  // The characters whose upper case is more than one.
  if (code == 0xDF)
    out.append("SS");
  else if (code == 0xFB00)
    out.append("FF");
  else if (code == 0xFB01)
    out.append("FI");
  else if (code == 0xFB02)
    out.append("FL");
  else
    append_code_point(map_upper(code), out);
}

template <class Each>
void for_characters(std::string_view text, Each each) {
  while (!text.empty()) {
    const size_t size = character_size(text);
    each(text.substr(0, size));
    text.remove_prefix(size);
  }
}

bool malformed(std::string_view character) {
  return character.size() == 1 && (character[0] & 0x80);
}

}  // namespace

int64_t count_characters(std::string_view text) {
  int64_t count = 0;
  for (const char c : text) count += (c & 0xC0) != 0x80;
  return count;
}

size_t byte_of_character(std::string_view text, int64_t index) {
  size_t at = 0;
  while (index > 0 && at < text.size()) {
    at += character_size(text.substr(at));
    --index;
  }
  return at;
}

uint32_t first_code_point(std::string_view text) {
  const size_t size = character_size(text);
  const auto first = static_cast<uint8_t>(text[0]);
  if (size == 1) return first;
  uint32_t code = first & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; ++i) code = code << 6 | (static_cast<uint8_t>(text[i]) & 0x3F);
  return code;
}

void append_code_point(uint32_t code, Text& out) {
  const auto put = [&](uint32_t byte) { out.append(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

void append_upper(std::string_view text, Text& out) {
  if (is_ascii(text)) {
    for (const char c : text) out.append(upper_ascii(c));
    return;
  }
  for_characters(text, [&](std::string_view character) {
    if (malformed(character))
      out.append(character);
    else
      append_upper_character(character, out);
  });
}

void append_lower(std::string_view text, Text& out) {
  if (is_ascii(text)) {
    for (const char c : text) out.append(lower_ascii(c));
    return;
  }
  for_characters(text, [&](std::string_view character) {
    if (malformed(character))
      out.append(character);
    else
      append_code_point(map_lower(first_code_point(character)), out);
  });
}

void append_capitalised(std::string_view text, Text& out) {
  bool first = true;
  for_characters(text, [&](std::string_view character) {
    if (malformed(character))
      out.append(character);
    else if (first)
      append_upper_character(character, out);
    else
      append_code_point(map_lower(first_code_point(character)), out);
    first = character == " ";
  });
}

std::string lower_case(std::string_view text) {
  Buffer<char> bytes;
  Text out(bytes);
  append_lower(text, out);
  return {bytes.data() == nullptr ? "" : bytes.data(), bytes.size()};
}

}  // namespace millrace

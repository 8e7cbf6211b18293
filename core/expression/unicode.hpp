#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/expression/row_value.hpp"

// UTF-8 text by characters (code points). A malformed byte counts as a character of its own.
namespace millrace {

/// The number of bytes of the character at the front of `text`, which is not empty.
inline size_t character_size(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  const size_t size = first < 0xC0 ? 1 : (first < 0xE0 ? 2 : (first < 0xF0 ? 3 : 4));
  for (size_t i = 1; i < size; ++i)
    if (i >= text.size() || (text[i] & 0xC0) != 0x80) return 1;
  return size;
}

int64_t count_characters(std::string_view text);

/// The byte where character `index` (from 0) begins; the size of the text if it has fewer.
size_t byte_of_character(std::string_view text, int64_t index);

/// The code point at the front of `text`, which is not empty.
uint32_t first_code_point(std::string_view text);
void append_code_point(uint32_t code, Text& out);

void append_upper(std::string_view text, Text& out);
void append_lower(std::string_view text, Text& out);
/// The first character of each word in upper case, the others in lower case. Blanks separate words.
void append_capitalised(std::string_view text, Text& out);

std::string lower_case(std::string_view text);

}  // namespace millrace

#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/expression/row_value.hpp"

// Codes of texts: what they are written as elsewhere, and how they sound.
namespace millrace::strings {

void append_base64(Text& out, std::string_view bytes);
/// Characters that base64 does not have are skipped.
void append_unbase64(Text& out, std::string_view text);
void append_url_encoded(Text& out, std::string_view text);
/// Throws RowError for a % without two digits.
void append_url_decoded(Text& out, std::string_view text);
/// A letter and three digits; a text that begins with no letter stays as it is.
void append_soundex(Text& out, std::string_view text);
/// How many characters have to be changed, added or left out.
int32_t levenshtein(std::string_view left, std::string_view right);
/// A whole number written to another base; a negative `to` means with a sign. Nothing for bases
/// that there are not; throws RowError beyond 64 bits if `strict`.
bool append_converted(Text& out, std::string_view digits, int32_t from, int32_t to, bool strict);

}  // namespace millrace::strings

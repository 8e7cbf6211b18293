#pragma once
#include <cstdint>
#include <string_view>

#include "core/expression/row_value.hpp"

// What the string functions do to one row's text. Positions count characters from 1; negative ones
// count from the end.
namespace millrace::strings {

/// Characters [from, to), counted from 0.
std::string_view between(std::string_view text, int64_t from, int64_t to);
/// `count` characters from a position on.
std::string_view part(std::string_view text, int32_t position, int64_t count);
std::string_view last_part(std::string_view text, int32_t count);
/// The character, counted from 1, where `wanted` begins at or behind character `start` (from 0).
int32_t find_from(std::string_view text, std::string_view wanted, int64_t start);
/// Without the characters of `set` at the front, or at the end.
std::string_view trim_front(std::string_view text, std::string_view set);
std::string_view trim_back(std::string_view text, std::string_view set);
/// All of `from` replaced by `to`.
void append_replaced(Text& out, std::string_view text, std::string_view from, std::string_view to);
void append_reversed(Text& out, std::string_view text);
/// Each character of `from` replaced by the one at its place in `to`, or left out.
void append_translated(Text& out, std::string_view text, std::string_view from,
                       std::string_view to);
/// Throws RowError for results beyond 64 MiB, as append_padded does.
void append_repeated(Text& out, std::string_view text, int32_t count);
/// Brought to `length` characters by padding or cutting.
void append_padded(Text& out, std::string_view text, int32_t length, std::string_view pad,
                   bool in_front);
/// A part between delimiters, counted from 1, or from -1 at the end. Throws RowError for 0.
std::string_view split_part(std::string_view text, std::string_view delimiter, int32_t number);
/// What stands before the `count`th delimiter, or behind it, counted from the end.
std::string_view substring_index(std::string_view text, std::string_view delimiter, int32_t count);
void append_hex(Text& out, std::string_view bytes);
void append_lower_hex(Text& out, std::string_view bytes);
/// A number in digits of `bits` bits: 4 for hexadecimal.
void append_digits(Text& out, uint64_t value, unsigned bits);
/// False where there are other characters than hexadecimal digits.
bool append_unhex(Text& out, std::string_view text);

}  // namespace millrace::strings

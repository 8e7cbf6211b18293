#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::json {

// Whether a token is a number, literal or string by the grammar of JSON (RFC 8259).
bool is_number(std::string_view token);
// The end of the number that begins at `at`; null where there is none.
const char* end_of_number(const char* at, const char* end);
bool is_literal(std::string_view token);
bool has_valid_escapes(std::string_view inside);

// The number that begins at `at`, which moves behind it; nothing where there is no number, or none
// that fits.
std::optional<int64_t> read_integer(const char*& at, const char* end);
// Correctly rounded; numbers beyond the range of double become infinite, as in Spark.
std::optional<double> read_real(const char*& at, const char* end);
// The same where the number is the whole token.
std::optional<int64_t> parse_integer(std::string_view token);
std::optional<double> parse_real(std::string_view token);
// A time of so many units of `unit` microseconds since 1970; nothing before the year 0 or beyond
// 9999, where the count is more likely in another unit.
std::optional<int64_t> time_of_count(int64_t count, int64_t unit);

// Writes what a string with escapes means, which is never longer than its spelling; returns the
// end, or null for a bad escape. An unpaired surrogate becomes U+FFFD.
char* unescape(std::string_view inside, char* to);

// Appends the bytes that base64 spells, with or without padding.
bool decode_base64(std::string_view text, std::string& to);

}  // namespace millrace::json

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/buffer.hpp"

// Numbers as Spark (that is, Java) reads and writes them.
namespace millrace {

/// Without the blanks and control characters around it.
std::string_view trimmed(std::string_view text);

/// A whole number. With `cut_fraction`, "1.9" is 1, as Spark reads it without ANSI.
std::optional<int64_t> parse_whole(std::string_view text, bool cut_fraction);

/// "1.5", "1e3", "NaN", "-Infinity", "2.0f".
std::optional<double> parse_double(std::string_view text);
std::optional<float> parse_float(std::string_view text);

/// "true", "t", "yes", "y", "1" and their opposites, in any case.
std::optional<bool> parse_boolean(std::string_view text);

/// The longest text that the functions below write.
inline constexpr size_t number_text_max = 32;

/// Writes the shortest digits that read back as the same number: "1.0", "1.0E10", "NaN"; returns
/// the end.
char* write_number(double value, char* to);
char* write_number(float value, char* to);
char* write_number(int64_t value, char* to);
inline char* write_number(int32_t value, char* to) {
  return write_number(static_cast<int64_t>(value), to);
}

template <class Number>
std::string number_text(Number value) {
  char text[number_text_max];
  return {text, write_number(value, text)};
}

}  // namespace millrace

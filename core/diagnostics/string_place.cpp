// TOML writes a string in four ways: "basic", 'literal', and both with three quotes, which span
// lines and drop a line end right after the opening. Escapes exist in the basic ones only; in
// """ a backslash at the end of a line swallows white space up to the next other character. This
// file walks the literal in step with its value, to know which byte of the file made which byte of
// the value.
#include "core/diagnostics/string_place.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {
namespace {

std::size_t utf8_length(std::uint32_t code_point) {
  if (code_point < 0x80) return 1;
  if (code_point < 0x800) return 2;
  return code_point < 0x10000 ? 3 : 4;
}

struct Step {
  std::size_t written = 1;  // bytes of the file
  std::size_t made = 1;     // bytes of the value
};

/// Reads one escape at `text[0] == '\\'`.
Step escape_step(std::string_view text) {
  const char letter = text.size() > 1 ? text[1] : '\\';
  const std::size_t digits = letter == 'u' ? 4 : letter == 'U' ? 8 : letter == 'x' ? 2 : 0;
  if (digits != 0) {
    std::uint32_t code_point = 0;
    for (const char digit : text.substr(2, digits)) {
      const auto nibble = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
      code_point = code_point * 16 + static_cast<std::uint32_t>(nibble);
    }
    return {2 + digits, utf8_length(code_point)};
  }
  if (letter == '\n' || letter == '\r' || letter == ' ' || letter == '\t') {
    const std::size_t next = text.find_first_not_of(" \t\r\n", 1);
    return {next == std::string_view::npos ? text.size() : next, 0};
  }
  return {2, 1};
}

/// Finds where in the file each wanted byte of the value begins.
struct Walk {
  std::string_view text;
  bool basic = false;
  std::size_t from = 0;   // where the content begins
  std::size_t until = 0;  // where the closing quotes begin

  Step step_at(std::size_t at) const {
    if (basic && text[at] == '\\') return escape_step(text.substr(at, until - at));
    // A Windows line end is one line feed in the value.
    return text.substr(at, 2) == "\r\n" ? Step{2, 1} : Step{};
  }

  std::optional<std::size_t> file_offset(std::size_t wanted) const {
    std::size_t at = from;
    std::size_t value_at = 0;
    while (at < until) {
      const Step step = step_at(at);
      if (step.made != 0 && wanted < value_at + step.made) return at;
      value_at += step.made;
      at += step.written;
    }
    return wanted == value_at ? std::optional(until) : std::nullopt;
  }
};

std::size_t find_end(std::string_view text, std::size_t from, std::string_view quotes, bool basic) {
  std::size_t at = from;
  while (at < text.size()) {
    if (basic && text[at] == '\\') {
      at += 2;
    } else if (text.substr(at, quotes.size()) == quotes) {
      // Up to two quotes may stand right before the three that close.
      while (quotes.size() == 3 && at + 3 < text.size() && text[at + 3] == quotes[0]) ++at;
      return at;
    } else {
      ++at;
    }
  }
  return text.size();
}

std::optional<Walk> start_walk(std::string_view text, std::size_t begin) {
  if (begin >= text.size() || (text[begin] != '"' && text[begin] != '\'')) return std::nullopt;
  const bool basic = text[begin] == '"';
  const std::string_view three = basic ? R"(""")" : "'''";
  const bool multi_line = text.substr(begin, 3) == three;
  const std::string_view quotes = multi_line ? three : three.substr(0, 1);
  std::size_t from = begin + quotes.size();
  if (multi_line && text.substr(from, 2) == "\r\n") from += 2;
  if (multi_line && text.substr(from, 1) == "\n") from += 1;
  return Walk{text, basic, from, find_end(text, from, quotes, basic)};
}

}  // namespace

Span place_in_string(const SourceFile& file, const Span& literal, std::size_t begin,
                     std::size_t end) {
  if (!literal.known()) return literal;
  const auto walk = start_walk(file.text(), file.byte_offset(literal.line, literal.column));
  if (!walk) return literal;
  const auto first = walk->file_offset(begin);
  const auto last = walk->file_offset(std::max(begin, end));
  if (!first || !last) return literal;
  return file.span_of_bytes(*first, *last);
}

}  // namespace millrace

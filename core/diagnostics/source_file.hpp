#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostics/span.hpp"

namespace millrace {

/// A text that a person wrote, its name as they know it, and its lines.
class SourceFile {
 public:
  SourceFile() : SourceFile("", "") {}
  SourceFile(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }

  std::size_t line_count() const { return line_starts_.size(); }
  /// The line without its end; empty beyond the last line.
  std::string_view line(std::size_t number) const;

  /// The byte offset of a place; the end of its line if the column lies beyond it.
  std::size_t byte_offset(std::size_t line, std::size_t column) const;
  /// The place of bytes [begin, end), cut at the end of the line that `begin` is on.
  Span span_of_bytes(std::size_t begin, std::size_t end) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

/// Counts the code points of UTF-8 text.
std::size_t count_code_points(std::string_view text);

/// Where the first byte stands that cannot be part of UTF-8 text.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace millrace

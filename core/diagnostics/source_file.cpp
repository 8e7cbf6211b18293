#include "core/diagnostics/source_file.hpp"

#include <algorithm>
#include <utility>

namespace millrace {
namespace {

struct Range {
  unsigned char low;
  unsigned char high;
};

/// What the second byte may be: no overlong forms, no surrogates, nothing above U+10FFFF.
Range second_byte(unsigned char first) {
  if (first == 0xE0) return {0xA0, 0xBF};
  if (first == 0xED) return {0x80, 0x9F};
  if (first == 0xF0) return {0x90, 0xBF};
  if (first == 0xF4) return {0x80, 0x8F};
  return {0x80, 0xBF};
}

/// The length of the code point at the front of `text`; 0 if there is none.
std::size_t code_point_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const bool possible = (first >= 0xC2 && first <= 0xF4);
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (!possible || text.size() < length) return 0;
  Range range = second_byte(first);
  for (const char letter : text.substr(1, length - 1)) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < range.low || byte > range.high) return 0;
    range = {0x80, 0xBF};
  }
  return length;
}

bool starts_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

}  // namespace

SourceFile::SourceFile(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::string_view SourceFile::line(std::size_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const std::size_t begin = line_starts_[number - 1];
  std::size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::size_t SourceFile::byte_offset(std::size_t line_number, std::size_t column) const {
  if (line_number == 0 || line_number > line_starts_.size()) return text_.size();
  const std::string_view content = line(line_number);
  std::size_t offset = 0;
  for (std::size_t at = 1; at < column && offset < content.size(); ++at) {
    do {
      ++offset;
    } while (offset < content.size() && !starts_code_point(content[offset]));
  }
  return line_starts_[line_number - 1] + offset;
}

Span SourceFile::span_of_bytes(std::size_t begin, std::size_t end) const {
  begin = std::min(begin, text_.size());
  end = std::clamp(end, begin, text_.size());
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), begin);
  const auto number = static_cast<std::size_t>(next - line_starts_.begin());
  const std::size_t start = line_starts_[number - 1];
  const std::string_view content = line(number);
  const std::size_t first = std::min(begin - start, content.size());
  const std::size_t last = std::min(end - start, content.size());
  const std::size_t column = 1 + count_code_points(content.substr(0, first));
  const std::size_t length = count_code_points(content.substr(first, last - first));
  return {number, column, column + length};
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = code_point_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

}  // namespace millrace

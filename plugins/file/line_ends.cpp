#include "plugins/file/line_ends.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace millrace::file {
namespace {

constexpr size_t piece_bytes = 256 * 1024;

}  // namespace

int64_t end_of_last_line(const OpenFile& file, int64_t from, int64_t to) {
  std::string piece(piece_bytes, '\0');
  while (to > from) {
    const int64_t start = std::max(from, to - static_cast<int64_t>(piece.size()));
    const auto count = file.read_at(start, piece.data(), static_cast<size_t>(to - start));
    const auto newline = std::string_view(piece.data(), count).rfind('\n');
    if (newline != std::string_view::npos) return start + static_cast<int64_t>(newline) + 1;
    to = start;
  }
  return from;
}

int64_t end_of_first_line(const OpenFile& file, int64_t from, int64_t to) {
  std::string piece(piece_bytes, '\0');
  while (from < to) {
    const auto most = std::min(static_cast<int64_t>(piece.size()), to - from);
    const auto count = file.read_at(from, piece.data(), static_cast<size_t>(most));
    if (count == 0) break;
    const auto newline = std::string_view(piece.data(), count).find('\n');
    if (newline != std::string_view::npos) return from + static_cast<int64_t>(newline) + 1;
    from += static_cast<int64_t>(count);
  }
  return to;
}

int64_t count_newlines(const OpenFile& file, int64_t from, int64_t to) {
  std::string piece(piece_bytes, '\0');
  int64_t newlines = 0;
  while (from < to) {
    const auto most = std::min(static_cast<int64_t>(piece.size()), to - from);
    const auto count = file.read_at(from, piece.data(), static_cast<size_t>(most));
    if (count == 0) break;
    newlines += std::count(piece.data(), piece.data() + count, '\n');
    from += static_cast<int64_t>(count);
  }
  return newlines;
}

}  // namespace millrace::file

#pragma once
#include <cstdint>

#include "plugins/file/open_file.hpp"

namespace millrace::file {

// Behind the last newline in [from, to), or `from`.
int64_t end_of_last_line(const OpenFile& file, int64_t from, int64_t to);
// Behind the first newline in [from, to), or `to`.
int64_t end_of_first_line(const OpenFile& file, int64_t from, int64_t to);
int64_t count_newlines(const OpenFile& file, int64_t from, int64_t to);

// Whole lines of [from, to), about `most` bytes of them, and at least one.
inline int64_t end_of_lines(const OpenFile& file, int64_t from, int64_t to, int64_t most) {
  if (to - from <= most) return to;
  const int64_t cut = end_of_last_line(file, from, from + most);
  return cut > from ? cut : end_of_first_line(file, from, to);
}

}  // namespace millrace::file

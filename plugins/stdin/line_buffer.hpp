#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "millrace/column_builder.hpp"

namespace millrace {

// Lines that were read from a pipe and that no committed epoch holds yet, numbered on
// from `first`. One thread adds, others read.
class LineBuffer {
 public:
  LineBuffer(int64_t first, bool skip_blank_lines, size_t most_bytes)
      : skip_blank_lines_(skip_blank_lines), most_bytes_(most_bytes), first_(first) {}

  // Takes bytes as they come; a line may be spread over many calls. Waits while the buffer is full;
  // false: stop() was called.
  bool add(std::string_view bytes);
  // The pipe has ended; a last line needs no newline.
  void end();
  void fail(const std::string& reason);
  void stop();
  // Lines are held however many there are.
  void lift_limit();

  // How many lines there have been. When none are left below `from`, waits for one until the end or
  // for `wait_us`. Throws what fail() was told.
  int64_t count(int64_t from, int64_t wait_us);
  bool has_ended() const;
  // Appends lines [from, to) to a column of bytes, up to `most`; returns the next one.
  int64_t copy(int64_t from, int64_t to, int64_t most, ColumnBuilder& builder) const;
  // Forgets the lines below `line`.
  void drop_before(int64_t line);

 private:
  void add_line(std::string line);

  const bool skip_blank_lines_;
  size_t most_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  std::string rest_;  // Of the last line, which has no newline yet.
  int64_t first_;     // Number of lines_[0].
  size_t bytes_ = 0;
  bool ended_ = false;
  bool stopped_ = false;
  std::string failure_;
};

}  // namespace millrace

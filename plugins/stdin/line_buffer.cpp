#include "plugins/stdin/line_buffer.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace millrace {

bool LineBuffer::add(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ || bytes_ < most_bytes_; });
  if (stopped_) return false;
  for (size_t newline = 0; (newline = bytes.find('\n')) != std::string_view::npos;) {
    rest_ += bytes.substr(0, newline);
    bytes.remove_prefix(newline + 1);
    add_line(std::exchange(rest_, {}));
  }
  rest_ += bytes;
  changed_.notify_all();
  return true;
}

void LineBuffer::add_line(std::string line) {
  if (line.ends_with('\r')) line.pop_back();
  if (skip_blank_lines_ && line.find_first_not_of(" \t") == std::string::npos) return;
  bytes_ += line.size();
  lines_.push_back(std::move(line));
}

void LineBuffer::end() {
  const std::lock_guard lock(mutex_);
  if (!rest_.empty()) add_line(std::exchange(rest_, {}));
  ended_ = true;
  changed_.notify_all();
}

void LineBuffer::fail(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  failure_ = reason;
  ended_ = true;
  changed_.notify_all();
}

void LineBuffer::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

int64_t LineBuffer::count(int64_t from, int64_t wait_us) {
  std::unique_lock lock(mutex_);
  const auto known = [this] { return first_ + static_cast<int64_t>(lines_.size()); };
  changed_.wait_for(lock, std::chrono::microseconds(wait_us),
                    [&] { return known() > from || ended_ || stopped_; });
  if (!failure_.empty()) throw Error(Blame::external, Retry::never, failure_);
  return known();
}

bool LineBuffer::has_ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

int64_t LineBuffer::copy(int64_t from, int64_t to, int64_t most, ColumnBuilder& builder) const {
  const std::lock_guard lock(mutex_);
  if (from < first_ || to > first_ + static_cast<int64_t>(lines_.size()))
    throw Error::internal("lines " + std::to_string(from) + " to " + std::to_string(to) +
                          " of standard input are not held");
  const int64_t end = std::min(to, from + most);
  for (; from < end; ++from) builder.append_bytes(lines_[static_cast<size_t>(from - first_)]);
  return from;
}

void LineBuffer::lift_limit() {
  const std::lock_guard lock(mutex_);
  most_bytes_ = std::numeric_limits<size_t>::max();
  changed_.notify_all();
}

void LineBuffer::drop_before(int64_t line) {
  const std::lock_guard lock(mutex_);
  for (; first_ < line && !lines_.empty(); ++first_) {
    bytes_ -= lines_.front().size();
    lines_.pop_front();
  }
  changed_.notify_all();
}

}  // namespace millrace

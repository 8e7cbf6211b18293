#include "core/observe/progress_history.hpp"

#include <algorithm>

namespace millrace::observe {

ProgressHistory::ProgressHistory(size_t capacity) : capacity_(capacity) {}

void ProgressHistory::add(std::string json_line) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(json_line));
  if (lines_.size() > capacity_) lines_.pop_front();
}

std::vector<std::string> ProgressHistory::last(size_t count) const {
  const std::lock_guard lock(mutex_);
  const auto kept = static_cast<std::ptrdiff_t>(std::min(count, lines_.size()));
  return {lines_.end() - kept, lines_.end()};
}

}  // namespace millrace::observe

#include "core/observe/progress_history.hpp"

#include <algorithm>

namespace millrace::observe {
namespace {

size_t bytes_of(const EpochProgress& progress) {
  size_t bytes = sizeof progress;
  for (const auto& source : progress.sources) {
    bytes += sizeof source + source.start_offset.size() + source.end_offset.size() +
             source.latest_offset.size() + source.partitions.size() * sizeof(PartitionProgress);
  }
  return bytes;
}

}  // namespace

ProgressHistory::ProgressHistory(size_t epochs, size_t bytes)
    : epochs_most_(epochs), bytes_most_(bytes) {}

void ProgressHistory::add(const EpochProgress& progress) {
  const std::lock_guard lock(mutex_);
  kept_.push_back(progress);
  bytes_ += bytes_of(progress);
  while (kept_.size() > 1 && (kept_.size() > epochs_most_ || bytes_ > bytes_most_)) {
    bytes_ -= bytes_of(kept_.front());
    kept_.pop_front();
  }
}

std::vector<EpochProgress> ProgressHistory::last(size_t count) const {
  const std::lock_guard lock(mutex_);
  const auto kept = static_cast<std::ptrdiff_t>(std::min(count, kept_.size()));
  return {kept_.end() - kept, kept_.end()};
}

}  // namespace millrace::observe

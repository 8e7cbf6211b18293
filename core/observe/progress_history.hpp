#pragma once
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "core/observe/epoch_progress.hpp"

namespace millrace::observe {

/// The progress of the last epochs, oldest first, for `/api/v1/progress`. It becomes text when it
/// is asked for: most of it never is, and an epoch may take less than a millisecond.
class ProgressHistory {
 public:
  /// Keeps so many epochs, or fewer where their positions are long: a directory's names its files.
  ProgressHistory(size_t epochs, size_t bytes);

  void add(const EpochProgress& progress);
  std::vector<EpochProgress> last(size_t count) const;

 private:
  const size_t epochs_most_;
  const size_t bytes_most_;
  mutable std::mutex mutex_;
  std::deque<EpochProgress> kept_;
  size_t bytes_ = 0;
};

}  // namespace millrace::observe

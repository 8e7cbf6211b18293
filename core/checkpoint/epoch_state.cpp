#include "core/checkpoint/epoch_state.hpp"

#include <utility>

#include "core/checkpoint/checkpoint_error.hpp"

namespace millrace {

SnapshotWriter* EpochState::part() {
  if (snapshot_ == nullptr || !snapshot_->open()) return nullptr;
  snapshot_->next_epoch(changes_.payload());
  return snapshot_;
}

void EpochState::keep(const std::filesystem::path& path, std::uint64_t bytes, bool grows) {
  keeps_ = true;
  as_checkpoint_error([&] { keeper_.keep(path, bytes, grows); });
}

std::vector<StateFile> EpochState::finish(std::vector<StateFile> chain) {
  if (keeps_) return keeper_.finish();
  const std::optional<StateFile> file = changes_.finish();
  if (file) return extend(std::move(chain), *file);
  if (snapshot()) chain.clear();
  return chain;
}

}  // namespace millrace

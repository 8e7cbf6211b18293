#include "core/checkpoint/retention.hpp"

#include <algorithm>

namespace millrace {

Retention::Retention(std::uint64_t retain_epochs)
    : retain_epochs_(std::max<std::uint64_t>(retain_epochs, 1)) {}

void Retention::committed(std::uint64_t epoch, const std::vector<StateFile>& chain) {
  newest_ = std::max(newest_, epoch);
  for (const StateFile& file : chain) {
    if (file.in_record()) continue;
    std::uint64_t& needed_by = needed_by_[file.name];
    needed_by = std::max(needed_by, epoch);
  }
  std::erase_if(needed_by_, [this](const auto& entry) { return !retains(entry.second); });
}

bool Retention::retains(std::uint64_t epoch) const {
  return epoch >= newest_ || newest_ - epoch < retain_epochs_;
}

std::vector<EpochFileName> Retention::removable(const std::vector<EpochFileName>& files) const {
  std::vector<EpochFileName> unneeded;
  for (const EpochFileName& file : files) {
    bool needed = retains(file.epoch);
    if (is_state(file.kind)) needed = needed_by_.contains(to_text(file));
    if (file.kind == EpochFileKind::outbox || file.kind == EpochFileKind::notes)
      needed = undelivered_.contains(to_text(file));
    if (!needed) unneeded.push_back(file);
  }
  return unneeded;
}

}  // namespace millrace

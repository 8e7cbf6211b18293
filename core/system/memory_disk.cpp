// Power, faults and damage of the disk in memory.
//
// Two views of the names exist: what the process sees, and what would be found after the power came
// back. A change of names goes to the first at once and to the second when its directory is synced;
// in between it waits in `pending_`, in order, as in a file system's journal. Content works alike:
// each node has its bytes and the bytes that sync() has made durable.

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "millrace/error.hpp"

#include "core/system/memory_node.hpp"
#include "core/system/random.hpp"

namespace millrace {

std::uint64_t MemoryFileSystem::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

void MemoryFileSystem::fail_operation(std::uint64_t after, DiskFault fault) {
  const std::lock_guard lock(mutex_);
  faults_[operations_ + after] = fault;
}

void MemoryFileSystem::lose_power_at_operation(std::uint64_t after) {
  const std::lock_guard lock(mutex_);
  power_ends_at_ = operations_ + after;
}

bool MemoryFileSystem::lost_power() const {
  const std::lock_guard lock(mutex_);
  return lost_power_;
}

std::optional<DiskFault> MemoryFileSystem::begin_operation() {
  if (power_ends_at_ && operations_ >= *power_ends_at_) {
    lost_power_ = true;
    throw PowerLost{};
  }
  const auto fault = faults_.find(operations_++);
  if (fault == faults_.end()) return std::nullopt;
  return fault->second;
}

void MemoryFileSystem::refuse(std::optional<DiskFault> fault, const char* action,
                              const Path& path) const {
  if (!fault || *fault == DiskFault::lie) return;
  const char* reason = *fault == DiskFault::no_space    ? "No space left on device"
                       : *fault == DiskFault::read_only ? "Read-only file system"
                                                        : "Input/output error";
  throw Error::external(std::string("cannot ") + action + " " + path.string() + ": " + reason);
}

// Directories are written back each for itself, so of the changes in each a prefix survives.
void MemoryFileSystem::keep_some_names(Rng& survivors) {
  const auto directory_of = [](const NameChange& change) {
    return Path(change.add.empty() ? change.remove : change.add).parent_path().string();
  };
  std::map<std::string, std::uint64_t> kept;
  for (const NameChange& change : pending_) ++kept[directory_of(change)];
  for (auto& [directory, count] : kept) count = survivors.below(count + 1);
  for (const NameChange& change : pending_) {
    std::uint64_t& left = kept[directory_of(change)];
    if (left == 0) continue;
    --left;
    apply(change, durable_names_);
  }
}

// Of the bytes that were not flushed a prefix survives, as far as the file was extended; sectors in
// it that had not been written read as zeros.
std::string MemoryFileSystem::torn(const Node& node, Rng& survivors) {
  constexpr std::size_t sector = 512;
  const std::size_t durable = node.durable_bytes.size();
  if (node.bytes.size() <= durable) return node.durable_bytes;
  std::string survived =
      node.bytes.substr(0, durable + survivors.below(node.bytes.size() - durable + 1));
  if (survivors.below(2) == 0) return survived;
  for (std::size_t at = durable; at < survived.size();) {
    const std::size_t end = std::min(survived.size(), (at / sector + 1) * sector);
    if (survivors.below(3) == 0)
      std::fill(survived.begin() + static_cast<std::ptrdiff_t>(at),
                survived.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    at = end;
  }
  return survived;
}

void MemoryFileSystem::power_loss(Rng* survivors) {
  const std::lock_guard lock(mutex_);
  if (survivors != nullptr) keep_some_names(*survivors);
  pending_.clear();
  for (const auto& [path, node] : durable_names_) {
    std::string survived = node->durable_bytes;
    if (survivors != nullptr && !node->content_lost) survived = torn(*node, *survivors);
    node->bytes = node->durable_bytes = std::move(survived);
  }
  // A name whose directory is gone cannot be reached.
  std::erase_if(durable_names_, [this](const auto& entry) {
    const Path parent = Path(entry.first).parent_path();
    return !parent.empty() && !durable_names_.contains(parent.string());
  });
  names_ = durable_names_;
  locked_.clear();
  faults_.clear();
  power_ends_at_.reset();
  lost_power_ = false;
  ++life_;
}

bool MemoryFileSystem::is_durable(const Path& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = durable_names_.find(path.lexically_normal().string());
  return found != durable_names_.end() && !found->second->content_lost &&
         found->second->bytes == found->second->durable_bytes;
}

void MemoryFileSystem::process_death() {
  const std::lock_guard lock(mutex_);
  locked_.clear();
  faults_.clear();
  power_ends_at_.reset();
  lost_power_ = false;
  ++life_;
}

void MemoryFileSystem::replace_content(const Path& path, std::string bytes) {
  const std::lock_guard lock(mutex_);
  Node& node = existing(path, "change");
  node.bytes = node.durable_bytes = std::move(bytes);
}

void MemoryFileSystem::set_owner(const Path& path, std::uint32_t owner) {
  const std::lock_guard lock(mutex_);
  existing(path, "change").owner = owner;
}

void MemoryFileSystem::set_mode(const Path& path, std::uint32_t mode) {
  const std::lock_guard lock(mutex_);
  existing(path, "change").mode = mode;
}

}  // namespace millrace

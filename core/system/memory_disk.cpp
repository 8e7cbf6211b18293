// Power, faults and damage of the disk in memory.
//
// Two views of the names exist: what the process sees, and what would be found after the power came
// back. A change of names goes to the first at once and to the second when its directory is synced;
// in between it waits in `pending_`, in order, as in a file system's journal. Content works alike:
// each node has its bytes and the bytes that sync() has made durable.

#include <algorithm>
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

std::optional<DiskFault> MemoryFileSystem::begin_operation() {
  if (power_ends_at_ && operations_ >= *power_ends_at_) throw PowerLost{};
  const auto fault = faults_.find(operations_++);
  if (fault == faults_.end()) return std::nullopt;
  return fault->second;
}

void MemoryFileSystem::refuse(std::optional<DiskFault> fault, const char* action,
                              const Path& path) const {
  if (!fault) return;
  const char* reason = *fault == DiskFault::no_space    ? "No space left on device"
                       : *fault == DiskFault::read_only ? "Read-only file system"
                                                        : "Input/output error";
  throw Error::external(std::string("cannot ") + action + " " + path.string() + ": " + reason);
}

void MemoryFileSystem::power_loss(Rng* survivors) {
  const std::lock_guard lock(mutex_);
  if (survivors != nullptr) {
    const std::uint64_t kept = survivors->below(pending_.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) apply(pending_[i], durable_names_);
  }
  pending_.clear();
  for (const auto& [path, node] : durable_names_) {
    // Files only grow, so what survives of the new bytes is a prefix of them.
    std::string survived = node->durable_bytes;
    if (survivors != nullptr && !node->content_lost && node->bytes.size() > survived.size()) {
      const std::size_t more = survivors->below(node->bytes.size() - survived.size() + 1);
      survived.append(node->bytes, survived.size(), more);
    }
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
  ++life_;
}

void MemoryFileSystem::process_death() {
  const std::lock_guard lock(mutex_);
  locked_.clear();
  faults_.clear();
  power_ends_at_.reset();
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

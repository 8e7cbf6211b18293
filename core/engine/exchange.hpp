#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "millrace/batch.hpp"

namespace millrace {

/// Where in a round a lane stands; what lanes hand over is taken in this order, so that results do
/// not depend on threads.
struct LanePosition {
  size_t stage = 0;
  size_t lane = 0;
  auto operator<=>(const LanePosition&) const = default;
};

/// Regroups rows by key: every lane of the stages before hands in partial results, every shard
/// takes those that are its own. A lane writes to its own slot only; slots are made before lanes
/// run.
class Exchange {
 public:
  class Slot {
   public:
    explicit Slot(size_t shards) : shards_(shards), batches_(shards) {}
    /// Splits a batch by its first column, the int64 hash.
    void push(const Batch& partials);

   private:
    friend class Exchange;
    size_t shards_;
    std::vector<std::vector<Batch>> batches_;  // by shard
    std::vector<std::vector<uint32_t>> rows_;  // scratch, by shard
  };

  explicit Exchange(size_t shards) : shards_(shards) {}

  Slot& slot(LanePosition position) { return slots_.try_emplace(position, shards_).first->second; }
  /// Whether anything was handed in for the shard.
  bool has(size_t shard) const {
    for (const auto& [position, slot] : slots_)
      if (!slot.batches_[shard].empty()) return true;
    return false;
  }
  /// Calls take(batch) for everything that belongs to the shard, and forgets it.
  template <class Take>
  void drain(size_t shard, Take&& take) {
    for (auto& [position, slot] : slots_) {
      // What was taken is let go of at once: a round's partial results can be large.
      for (auto& batch : slot.batches_[shard]) take(Batch(std::move(batch)));
      slot.batches_[shard].clear();
    }
  }
  void clear();

 private:
  size_t shards_;
  std::map<LanePosition, Slot> slots_;
};

/// Brings all rows of an output into one lane.
class Gather {
 public:
  using Slot = std::vector<Batch>;

  Slot& slot(LanePosition position) { return slots_[position]; }
  bool empty() const {
    for (const auto& [position, slot] : slots_)
      if (!slot.empty()) return false;
    return true;
  }
  template <class Take>
  void drain(Take&& take) {
    for (auto& [position, slot] : slots_) {
      for (const auto& batch : slot) take(batch);
      slot.clear();
    }
  }
  void clear() {
    for (auto& [position, slot] : slots_) slot.clear();
  }

 private:
  std::map<LanePosition, Slot> slots_;
};

}  // namespace millrace

#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/engine/input_planner.hpp"
#include "core/observe/monitor.hpp"
#include "core/plan/plan.hpp"
#include "core/system/process_memory.hpp"

namespace millrace {

/// Holds the process within `memory_limit`. What is not state belongs to the epoch at hand and
/// grows with what that reads, so sources may take no more than fits beside the state: a little at
/// first, then up to half as much again from one epoch to the next as long as there is room, and
/// less where an epoch came near the limit.
class MemoryBudget {
 public:
  /// Bytes by transform, for whoever has to hear that state is too large.
  using Measure = std::function<std::map<std::string, uint64_t>()>;

  /// Does nothing where the plan has no limit, or memory is null.
  MemoryBudget(const Plan& plan, ProcessMemory* memory, observe::Monitor& monitor, Measure state);

  /// Before an epoch: throws Error{user} where what stays between epochs is over the limit.
  void begin();
  /// The epoch is done, having read so much in one go.
  void end(const std::vector<SourceInput>& inputs);
  /// Whether an epoch that may end at any time should end now.
  bool is_short() const;

 private:
  [[noreturn]] void give_up(uint64_t held) const;
  void allow(size_t node, int64_t size);

  const Plan& plan_;
  ProcessMemory* const memory_;
  observe::Monitor& monitor_;
  const Measure state_;
  const uint64_t limit_;
  uint64_t base_ = 0;                  // held when the epoch began
  std::map<size_t, int64_t> allowed_;  // by source, in what its ranges count
};

}  // namespace millrace

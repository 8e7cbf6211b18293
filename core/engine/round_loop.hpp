#pragma once
#include <cstdint>
#include <vector>

#include "core/engine/epoch_runner.hpp"
#include "core/engine/input_wait.hpp"
#include "core/engine/memory_budget.hpp"

namespace millrace {

/// The continuous trigger's way through epochs: rounds back to back over what has arrived, and a
/// cut every interval. What an epoch reads is known at its cut only; that is where its plan is
/// written.
class RoundLoop {
 public:
  RoundLoop(const Plan& plan, EpochParts parts, EpochRunner& epochs, MemoryBudget& memory,
            InputWait& wait_for_input, const StopSignal& stop, int64_t interval_us);

  /// One epoch, or a wait for one; false: asked to stop.
  bool run_next_epoch();

 private:
  void run_epoch(std::vector<SourceInput> inputs, bool watermark_moved, EpochTimer& timer);
  std::vector<SourceInput> next_input();
  bool take(const std::vector<SourceInput>& inputs, EpochPlan& plan);

  const Plan& plan_;
  EpochParts parts_;
  EpochRunner& epochs_;
  MemoryBudget& memory_;
  InputWait& wait_for_input_;
  const StopSignal& stop_;
  int64_t interval_us_;
};

}  // namespace millrace

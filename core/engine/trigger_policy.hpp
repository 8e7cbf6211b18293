#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "core/config/config.hpp"
#include "core/engine/input_wait.hpp"
#include "core/system/clock.hpp"
#include "core/system/stop_signal.hpp"

namespace millrace {

/// Decides when epochs start and when there are no more. A new trigger is a file in triggers/ and a
/// line in trigger_policy.cpp.
class TriggerPolicy {
 public:
  virtual ~TriggerPolicy() = default;

  /// Waits until the next epoch may start; false: the pipeline is done, or asked to stop.
  virtual bool wait(Clock& clock, const StopSignal& stop) = 0;
  /// There was no input for the epoch that wait() let through; false: the pipeline is done.
  virtual bool idle(InputWait& wait_for_input) = 0;

  /// The end of the input is where it was at the start.
  virtual bool fixes_end() const { return false; }
  /// An epoch takes all there is, whatever limits the sources have.
  virtual bool takes_all() const { return false; }
  /// When the watermark moved, an epoch without rows may follow.
  virtual bool follows_watermark() const { return true; }
  /// For how long an epoch takes in rounds of what has arrived. Without: it is one round, planned
  /// before it runs.
  virtual std::optional<int64_t> epoch_length_us() const { return std::nullopt; }
  /// The last wait() came back late, because an epoch took longer than the interval.
  virtual bool delayed() const { return false; }
};

std::unique_ptr<TriggerPolicy> make_trigger(const Trigger& trigger);

// One of each, in triggers/.
std::unique_ptr<TriggerPolicy> make_default_trigger(const Trigger& trigger);
std::unique_ptr<TriggerPolicy> make_processing_time_trigger(const Trigger& trigger);
std::unique_ptr<TriggerPolicy> make_once_trigger(const Trigger& trigger);
std::unique_ptr<TriggerPolicy> make_available_now_trigger(const Trigger& trigger);
std::unique_ptr<TriggerPolicy> make_continuous_trigger(const Trigger& trigger);

}  // namespace millrace

#pragma once
#include <cstdint>

#include "millrace/error.hpp"

#include "core/config/config.hpp"
#include "core/observe/component_metrics.hpp"
#include "core/observe/log.hpp"
#include "core/system/clock.hpp"
#include "core/system/random.hpp"
#include "core/system/stop_signal.hpp"

namespace millrace {

/// The waits between attempts: each twice as long as the one before, up to a limit, and shorter by
/// up to a half at random, so that many who failed together do not come back together.
class RetryPause {
 public:
  struct World {
    Clock& clock;
    const StopSignal& stop;
    observe::Log& log;
  };

  RetryPause(World world, const RetryConfig& config, observe::Counter retries, uint64_t seed)
      : world_(world), config_(config), retries_(retries), rng_(seed) {}

  const Clock& clock() const { return world_.clock; }

  /// Returns once attempt `number` + 1 may begin. Throws `failure` where there is none to come: it
  /// cannot pass, was tried as often as it may be, or a stop is asked for.
  void after(const Error& failure, uint32_t number);

 private:
  World world_;
  RetryConfig config_;
  observe::Counter retries_;
  Rng rng_;
};

}  // namespace millrace

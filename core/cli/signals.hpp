#pragma once
#include <cstdint>

#include "core/system/clock.hpp"
#include "core/system/stop_signal.hpp"

namespace millrace::cli {

/// While it lives, SIGTERM and SIGINT become requests to stop; SIGPIPE is ignored, so that a broken
/// connection or pipe is an error of the write and not the end of the process. One at a time.
/// The clock is read in the signal handler.
class SignalGuard {
 public:
  /// Signals that come this soon after the first one are the first one: timeout(1) and service
  /// managers tell a process and then the group that it is in.
  static constexpr std::int64_t same_signal_us = 1'000'000;

  SignalGuard(StopSignal& stop, const Clock& clock);
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
};

}  // namespace millrace::cli

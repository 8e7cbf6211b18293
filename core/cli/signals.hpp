#pragma once
#include "core/system/stop_signal.hpp"

namespace millrace::cli {

/// While it lives, SIGTERM and SIGINT become requests to stop; SIGPIPE is ignored, so that a broken
/// connection or pipe is an error of the write and not the end of the process. One at a time.
class SignalGuard {
 public:
  explicit SignalGuard(StopSignal& stop);
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
};

}  // namespace millrace::cli

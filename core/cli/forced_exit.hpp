#pragma once
#include <thread>

#include "core/system/stop_signal.hpp"

namespace millrace::cli {

/// While it lives, the second request to stop ends the process at once with code 130. That is safe
/// at any moment: what is not committed is run again by the next start.
class ForcedExit {
 public:
  explicit ForcedExit(const StopSignal& stop);
  ~ForcedExit();
  ForcedExit(const ForcedExit&) = delete;
  ForcedExit& operator=(const ForcedExit&) = delete;

 private:
  int leave_descriptor_;
  std::thread thread_;
};

}  // namespace millrace::cli

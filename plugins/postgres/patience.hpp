#pragma once
#include <chrono>
#include <cstdint>

#include "millrace/context.hpp"

namespace millrace::postgres {

/// How long to go on trying, and the pauses between.
class Patience {
 public:
  Patience(int64_t most_us, Context context);

  /// Pauses. False: there is no patience left, or the pipeline stops.
  bool pause();

 private:
  using Clock = std::chrono::steady_clock;  // Waits for others, outside of any test's time.

  Context context_;
  Clock::time_point end_;
  std::chrono::milliseconds next_{50};
};

}  // namespace millrace::postgres

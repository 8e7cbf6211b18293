#pragma once
#include <cstdint>
#include <optional>

#include "millrace/error.hpp"

namespace millrace::cli {

/// Whether a pipeline starts again inside its process after the outside world failed it: from its
/// checkpoint, as a new process would. It gives up where several starts in a row, over some time,
/// brought no epoch to its end.
class Attempts {
 public:
  explicit Attempts(std::int64_t patience_us) : patience_us_(patience_us) {}

  /// Epochs are committed up to there.
  void reached(std::uint64_t next_epoch);
  /// How long to wait before the next start; nothing: this failure is the last.
  std::optional<std::int64_t> pause_after(const Error& failure, std::int64_t now_us);

 private:
  static constexpr int least = 3;
  static constexpr std::int64_t first_pause_us = 100'000;
  static constexpr std::int64_t longest_pause_us = 5'000'000;

  const std::int64_t patience_us_;
  std::uint64_t next_epoch_ = 0;
  std::optional<std::int64_t> failing_since_us_;
  int failures_ = 0;
  std::int64_t pause_us_ = first_pause_us;
};

}  // namespace millrace::cli

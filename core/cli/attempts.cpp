#include "core/cli/attempts.hpp"

#include <algorithm>

#include "core/checkpoint/checkpoint_error.hpp"

namespace millrace::cli {

void Attempts::reached(std::uint64_t next_epoch) {
  if (next_epoch == next_epoch_) return;
  next_epoch_ = next_epoch;
  failing_since_us_.reset();
  failures_ = 0;
  pause_us_ = first_pause_us;
}

std::optional<std::int64_t> Attempts::pause_after(const Error& failure, std::int64_t now_us) {
  const bool passes = failure.blame == Blame::external && failure.retry == Retry::with_backoff &&
                      dynamic_cast<const CheckpointError*>(&failure) == nullptr;
  if (!passes) return std::nullopt;
  if (!failing_since_us_) failing_since_us_ = now_us;
  if (++failures_ >= least && now_us - *failing_since_us_ >= patience_us_) return std::nullopt;
  const std::int64_t pause_us = pause_us_;
  pause_us_ = std::min(pause_us_ * 2, longest_pause_us);
  return pause_us;
}

}  // namespace millrace::cli

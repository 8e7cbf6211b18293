#include "core/engine/retry_pause.hpp"

#include <algorithm>
#include <string>

#include "core/config/duration.hpp"

namespace millrace {

void RetryPause::after(const Error& failure, uint32_t number) {
  if (failure.retry != Retry::with_backoff || world_.stop.requested()) throw failure;
  const auto attempts = std::to_string(config_.attempts);
  if (number >= config_.attempts) {
    Error last = failure;
    if (number > 1)
      last = Error(failure.blame, failure.retry,
                   std::string(failure.what()) + "; tried " + attempts + " times");
    throw last;
  }
  const auto doublings = std::min(number - 1, 40U);
  auto pause_us = config_.max_backoff_us;
  if (config_.backoff_us <= config_.max_backoff_us >> doublings)
    pause_us = config_.backoff_us << doublings;
  const auto half = static_cast<uint64_t>(pause_us / 2);
  pause_us -= static_cast<int64_t>(rng_.below(half + 1));
  world_.log.warning(failure.what(), {{"attempt", std::to_string(number) + " of " + attempts},
                                      {"next_in", format_duration_us(pause_us)}});
  retries_.add(1);
  if (!world_.clock.wait_until(world_.clock.now_us() + pause_us, world_.stop)) throw failure;
}

}  // namespace millrace

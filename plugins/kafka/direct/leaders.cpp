#include "plugins/kafka/direct/leaders.hpp"

namespace millrace::kafka {

Address Leaders::of(const TopicPartition& partition) {
  using Clock = std::chrono::steady_clock;
  constexpr auto pause = std::chrono::seconds(1);
  const std::lock_guard lock(mutex_);
  if (failure_ && Clock::now() < next_try_) throw *failure_;
  failure_.reset();
  try {
    const auto [host, port] = cluster_.leader(partition);
    return {host, port};
  } catch (const Error& error) {
    failure_ = error;
    next_try_ = Clock::now() + pause;
    throw;
  }
}

}  // namespace millrace::kafka

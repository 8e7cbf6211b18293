#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tests/simulation/scenario.hpp"

namespace millrace::simulation {

/// How far the watermark of the source `events` may be, told apart from the engine: the rows of the
/// epochs before decide, partition by partition.
class WatermarkBounds {
 public:
  explicit WatermarkBounds(const Job& job) : job_(job) {}

  void read(const std::string& partition, int64_t time_us) {
    auto& newest = newest_.try_emplace(partition, time_us).first->second;
    newest = std::max(newest, time_us);
  }

  void end_epoch() {
    // Idle partitions do not count, so that any of them may be the slowest that does.
    if (const auto time = over(job_.across_max || job_.idle_after_us))
      most_ = std::max(most_, *time - job_.delay_us);
  }

  /// In no epoch further than this.
  int64_t most() const { return most_; }
  /// In the last epoch at least here: it goes by all that was read.
  int64_t least_in_the_end() const {
    return std::max<int64_t>(0, over(job_.across_max).value_or(0) - job_.delay_us);
  }

 private:
  std::optional<int64_t> over(bool furthest) const {
    std::optional<int64_t> time;
    for (const auto& [partition, newest] : newest_)
      time = !time ? newest : furthest ? std::max(*time, newest) : std::min(*time, newest);
    return time;
  }

  const Job& job_;
  std::map<std::string, int64_t> newest_;
  int64_t most_ = 0;
};

}  // namespace millrace::simulation

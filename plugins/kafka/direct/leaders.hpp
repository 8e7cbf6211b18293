#pragma once
#include <chrono>
#include <mutex>
#include <optional>

#include "plugins/kafka/cluster.hpp"
#include "plugins/kafka/direct/broker_connection.hpp"

namespace millrace::kafka {

/// Who leads which partition. Where the cluster did not answer, nobody waits for it again for a
/// while. Any thread may ask.
class Leaders {
 public:
  explicit Leaders(Cluster& cluster) : cluster_(cluster) {}

  /// Throws Error.
  Address of(const TopicPartition& partition);

 private:
  Cluster& cluster_;
  std::mutex mutex_;
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point next_try_;
};

}  // namespace millrace::kafka

#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "plugins/kafka/client.hpp"
#include "plugins/kafka/offsets.hpp"
#include "plugins/kafka/subscription.hpp"

namespace millrace::kafka {

/// What a source needs to know to reach its cluster.
struct Connection {
  std::string brokers;
  StringMap properties;
  std::string group;
};

/// Questions to the cluster, over a client of their own: on the connection of a consumer an answer
/// would have to wait behind its long polls. Any thread may ask. Every call is bounded in time and
/// throws a retryable error where the cluster does not answer.
class Cluster {
 public:
  Cluster(Connection connection, std::shared_ptr<ClientLog> log);

  /// Those of the named topics that exist, or all topics where no names are given.
  Topics topics(const std::vector<std::string>& names);
  /// Host and port of the broker that leads a partition.
  std::pair<std::string, int32_t> leader(const TopicPartition& partition);
  /// The first offsets of the given partitions. (Of all these, only the partitions matter.)
  Offsets beginnings(const Offsets& partitions);
  /// The offsets behind the last records. A reader of committed records cannot pass the first
  /// record of an open transaction, so that is where the end is for it.
  Offsets ends(const Offsets& partitions);
  /// The first offsets with at least the given timestamp, in milliseconds; the end if there is
  /// none.
  Offsets at_times(const Offsets& timestamps);
  /// Stores the offsets in the group, for lag tools, without waiting for the answer.
  void commit(const Offsets& offsets);

  const std::string& brokers() const { return connection_.brokers; }

 private:
  rd_kafka_t* client();
  void remember(const std::vector<std::string>& names);
  void retry(const std::string& what, const std::function<rd_kafka_resp_err_t(int)>& attempt);
  Offsets list_offsets(const Offsets& wanted, const std::string& what);

  Connection connection_;
  std::shared_ptr<ClientLog> log_;
  std::mutex mutex_;
  Handle client_;
  std::map<std::string, Topic> known_;  // Must go before the client does.
};

}  // namespace millrace::kafka

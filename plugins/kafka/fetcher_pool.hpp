#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "plugins/kafka/direct/arrival_watch.hpp"
#include "plugins/kafka/direct/leaders.hpp"
#include "plugins/kafka/fetch_client.hpp"
#include "plugins/kafka/fetcher.hpp"
#include "plugins/kafka/offsets.hpp"

namespace millrace::kafka {

/// Keeps the fetcher of each partition from one epoch to the next, so that the next one goes on
/// where the last stopped. Any thread may ask.
class FetcherPool {
 public:
  /// `which` is the option `fetcher`. Throws Error::user where it cannot be heeded.
  FetcherPool(Connection connection, const std::string& which, Cluster& cluster,
              std::shared_ptr<ClientLog> log);

  /// How many partitions share the memory for reading ahead. Holds for clients not yet made.
  void expect(size_t partitions);
  std::unique_ptr<Fetcher> take(const TopicPartition& partition);
  /// One that nobody has taken, and that stays in the pool.
  Fetcher& idle(const TopicPartition& partition);
  void give_back(const TopicPartition& partition, std::unique_ptr<Fetcher> fetcher);
  /// Says that a fetcher broke: its partition may be taken again.
  void discard(const TopicPartition& partition);

 private:
  std::unique_ptr<Fetcher> make(const TopicPartition& partition);
  std::unique_ptr<Fetcher> make_by_librdkafka(const TopicPartition& partition);
  std::shared_ptr<FetchClient> next_client();

  Connection connection_;
  bool may_be_direct_;
  Leaders leaders_;
  std::shared_ptr<ClientLog> log_;
  std::mutex mutex_;
  size_t partitions_ = 8;
  size_t made_ = 0;
  std::vector<std::shared_ptr<FetchClient>> clients_;
  std::shared_ptr<ArrivalWatch> watch_;
  std::map<std::string, std::unique_ptr<Fetcher>> idle_;
  std::set<std::string> busy_;
};

}  // namespace millrace::kafka

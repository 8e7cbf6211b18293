#pragma once
#include <memory>
#include <string>

#include "plugins/kafka/client.hpp"
#include "plugins/kafka/cluster.hpp"

namespace millrace::kafka {

/// How much librdkafka reads ahead of a partition. It stops at either limit, and may overshoot it
/// by one answer of the broker.
struct Prefetch {
  int64_t messages = 100'000;
  int64_t bytes = 16 << 20;

  /// Shares a fixed amount of memory between the partitions.
  static Prefetch for_partitions(size_t count);
};

/// One librdkafka consumer, shared by the fetchers of some partitions. It joins no group: each
/// fetcher starts and stops its own partition.
class FetchClient {
 public:
  FetchClient(const Connection& connection, Prefetch prefetch, std::shared_ptr<ClientLog> log);

  rd_kafka_t* get() const { return client_.get(); }
  const Prefetch& prefetch() const { return prefetch_; }
  const std::string& brokers() const { return brokers_; }
  const ClientLog& log() const { return *log_; }

 private:
  std::string brokers_;
  Prefetch prefetch_;
  std::shared_ptr<ClientLog> log_;
  Handle client_;
};

}  // namespace millrace::kafka

#include "plugins/kafka/fetcher_pool.hpp"

#include <algorithm>
#include <thread>

#include "plugins/kafka/rdkafka_fetcher.hpp"

namespace millrace::kafka {
namespace {

// One client fetches and unpacks on one thread, and one slow partition can hold up the others of
// its client for as long as a fetch waits at the broker.
size_t clients_max() {
  const size_t cores = std::thread::hardware_concurrency();
  return std::clamp<size_t>(cores, 2, 16);
}

}  // namespace

FetcherPool::FetcherPool(Connection connection, std::shared_ptr<ClientLog> log)
    : connection_(std::move(connection)), log_(std::move(log)) {}

void FetcherPool::expect(size_t partitions) {
  const std::lock_guard lock(mutex_);
  partitions_ = partitions;
}

std::shared_ptr<FetchClient> FetcherPool::next_client() {
  const size_t at = made_++ % clients_max();
  if (at == clients_.size())
    clients_.push_back(
        std::make_shared<FetchClient>(connection_, Prefetch::for_partitions(partitions_), log_));
  return clients_[at];
}

std::unique_ptr<Fetcher> FetcherPool::take(const TopicPartition& partition) {
  const auto name = partition_name(partition.topic, partition.partition);
  const std::lock_guard lock(mutex_);
  if (!busy_.insert(name).second)
    throw Error::internal("partition " + name + " is already being read");
  if (auto kept = idle_.extract(name)) return std::move(kept.mapped());
  try {
    return std::make_unique<RdKafkaFetcher>(next_client(), partition.topic, partition.partition);
  } catch (...) {
    busy_.erase(name);
    throw;
  }
}

Fetcher& FetcherPool::idle(const TopicPartition& partition) {
  const auto name = partition_name(partition.topic, partition.partition);
  const std::lock_guard lock(mutex_);
  if (busy_.contains(name)) throw Error::internal("partition " + name + " is being read");
  auto& fetcher = idle_[name];
  if (!fetcher)
    fetcher = std::make_unique<RdKafkaFetcher>(next_client(), partition.topic, partition.partition);
  return *fetcher;
}

void FetcherPool::give_back(const TopicPartition& partition, std::unique_ptr<Fetcher> fetcher) {
  const auto name = partition_name(partition.topic, partition.partition);
  const std::lock_guard lock(mutex_);
  busy_.erase(name);
  idle_.insert_or_assign(name, std::move(fetcher));
}

void FetcherPool::discard(const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  busy_.erase(partition_name(partition.topic, partition.partition));
}

}  // namespace millrace::kafka

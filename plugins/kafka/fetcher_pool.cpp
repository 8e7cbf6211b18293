#include "plugins/kafka/fetcher_pool.hpp"

#include <algorithm>
#include <thread>

#include "plugins/kafka/direct/direct_fetcher.hpp"
#include "plugins/kafka/direct/direct_settings.hpp"
#include "plugins/kafka/fallback_fetcher.hpp"
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

FetcherPool::FetcherPool(Connection connection, const std::string& which, Cluster& cluster,
                         std::shared_ptr<ClientLog> log)
    : connection_(std::move(connection)),
      may_be_direct_(which != "librdkafka"),
      leaders_(cluster),
      log_(std::move(log)) {
  if (which == "direct" && !direct_settings(connection_.properties, 1))
    throw Error::user(
        "records are read directly over plain TCP only, and with few properties in `kafka`: "
        "\"librdkafka\" or \"auto\" is for what you have there")
        .about("fetcher");
}

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

std::unique_ptr<Fetcher> FetcherPool::make_by_librdkafka(const TopicPartition& partition) {
  return std::make_unique<RdKafkaFetcher>(next_client(), partition.topic, partition.partition);
}

std::unique_ptr<Fetcher> FetcherPool::make(const TopicPartition& partition) {
  const auto settings =
      may_be_direct_ ? direct_settings(connection_.properties, partitions_) : std::nullopt;
  if (!settings) return make_by_librdkafka(partition);
  if (!watch_) watch_ = std::make_shared<ArrivalWatch>();
  DirectParts parts{*settings, watch_, log_,
                    [this](const TopicPartition& wanted) { return leaders_.of(wanted); }};
  return std::make_unique<FallbackFetcher>(
      std::make_unique<DirectFetcher>(std::move(parts), partition),
      [this, partition] {
        const std::lock_guard lock(mutex_);
        return make_by_librdkafka(partition);
      },
      log_->context());
}

std::unique_ptr<Fetcher> FetcherPool::take(const TopicPartition& partition) {
  const auto name = partition_name(partition.topic, partition.partition);
  const std::lock_guard lock(mutex_);
  if (!busy_.insert(name).second)
    throw Error::internal("partition " + name + " is already being read");
  if (auto kept = idle_.extract(name)) return std::move(kept.mapped());
  try {
    return make(partition);
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
  if (!fetcher) fetcher = make(partition);
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

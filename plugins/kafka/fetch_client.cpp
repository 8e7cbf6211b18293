#include "plugins/kafka/fetch_client.hpp"

#include <algorithm>
#include <string>

namespace millrace::kafka {
namespace {

constexpr int64_t memory_bytes = 64 << 20;
constexpr int64_t memory_messages = 400'000;

// Larger answers are fewer, but what is read ahead has to hold several of them.
int64_t fetch_bytes(const Prefetch& prefetch) {
  return std::clamp<int64_t>(prefetch.bytes / 4, 1 << 20, 4 << 20);
}

}  // namespace

Prefetch Prefetch::for_partitions(size_t count) {
  const auto shares = static_cast<int64_t>(std::max<size_t>(count, 1));
  return {std::clamp<int64_t>(memory_messages / shares, 2'000, 100'000),
          std::clamp<int64_t>(memory_bytes / shares, 1 << 20, 16 << 20)};
}

FetchClient::FetchClient(const Connection& connection, Prefetch prefetch,
                         std::shared_ptr<ClientLog> log)
    : brokers_(connection.brokers), log_(std::move(log)) {
  StringMap defaults = {{"isolation.level", "read_committed"},
                        {"reconnect.backoff.max.ms", "1000"},
                        {"queued.min.messages", std::to_string(prefetch.messages)},
                        {"queued.max.messages.kbytes", std::to_string(prefetch.bytes >> 10)},
                        {"fetch.message.max.bytes", std::to_string(fetch_bytes(prefetch))},
                        // An end that only control records follow is known after the next answer
                        // of the broker.
                        {"fetch.wait.max.ms", "100"},
                        {"fetch.error.backoff.ms", "50"},
                        {"check.crcs", "true"}};
  // How soon it looks again whether there is room in its queue; after a second, if not told.
  if (constexpr auto* name = "fetch.queue.backoff.ms"; has_property(name)) defaults[name] = "20";
  auto configuration = make_configuration({defaults,
                                           connection.properties,
                                           {{"bootstrap.servers", connection.brokers},
                                            {"enable.auto.commit", "false"},
                                            {"enable.auto.offset.store", "false"},
                                            {"enable.partition.eof", "true"},
                                            {"auto.offset.reset", "error"},
                                            {"allow.auto.create.topics", "false"}}},
                                          *log_);
  // What it really got: the configuration may have overridden the values.
  prefetch_ = {std::stoll(value_of(configuration.get(), "queued.min.messages")),
               std::stoll(value_of(configuration.get(), "queued.max.messages.kbytes")) << 10};
  client_ = make_client(RD_KAFKA_CONSUMER, std::move(configuration));
}

}  // namespace millrace::kafka

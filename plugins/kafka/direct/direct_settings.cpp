#include "plugins/kafka/direct/direct_settings.hpp"

#include <algorithm>
#include <string_view>

#include "plugins/kafka/client.hpp"
#include "plugins/kafka/properties.hpp"

namespace millrace::kafka {
namespace {

// With more connections than this a broker is better served by librdkafka, which has one for all.
constexpr size_t partitions_max = 64;
constexpr size_t answers_bytes = 32 << 20;

// What is heeded here, or is about asking the cluster, which librdkafka does in any case.
constexpr std::string_view understood[] = {
    "check.crcs",
    "client.id",
    "fetch.message.max.bytes",
    "fetch.wait.max.ms",
    "isolation.level",
    "max.partition.fetch.bytes",
    "metadata.max.age.ms",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "retry.backoff.ms",
    "security.protocol",
    "topic.metadata.refresh.fast.interval.ms",
    "topic.metadata.refresh.interval.ms",
};

bool is_understood(const StringMap& properties) {
  return std::all_of(properties.begin(), properties.end(), [](const auto& property) {
    return std::find(std::begin(understood), std::end(understood), property.first) !=
           std::end(understood);
  });
}

}  // namespace

std::optional<DirectSettings> direct_settings(const StringMap& properties, size_t partitions) {
  if (!is_understood(properties) || partitions > partitions_max) return std::nullopt;
  const Configuration configuration(rd_kafka_conf_new());
  const size_t share = answers_bytes / std::max<size_t>(partitions, 1);
  const auto bytes = std::clamp<size_t>(share, 1 << 20, 4 << 20);
  const StringMap defaults = {{"isolation.level", "read_committed"},
                              {"check.crcs", "true"},
                              {"fetch.message.max.bytes", std::to_string(bytes)}};
  for (const auto* layer : {&defaults, &properties})
    for (const auto& [name, value] : *layer) set_property(configuration.get(), name, value);
  const auto value = [&](const char* name) { return value_of(configuration.get(), name); };
  if (value("security.protocol") != "plaintext") return std::nullopt;
  DirectSettings settings;
  settings.client_id = value("client.id");
  settings.wait_max_ms = std::stoi(value("fetch.wait.max.ms"));
  settings.bytes_max = std::stoi(value("fetch.message.max.bytes"));
  settings.committed_only = value("isolation.level") == "read_committed";
  settings.check_crcs = value("check.crcs") == "true";
  return settings;
}

}  // namespace millrace::kafka

#include "plugins/kafka/decisions.hpp"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace millrace::kafka {
namespace {

constexpr std::string_view version = "mr1;";
constexpr int attempt_ms = 2'000;
constexpr auto patience = std::chrono::milliseconds(10'000);
constexpr auto pause = std::chrono::milliseconds(50);

// The value of "name=" up to the next ';'.
std::optional<std::string_view> field(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const auto end = std::min(text.find(';'), text.size());
    const auto part = text.substr(0, end);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return part.substr(name.size() + 1);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

bool has_metadata(const rd_kafka_topic_partition_t& each) {
  return each.err == RD_KAFKA_RESP_ERR_NO_ERROR && each.metadata != nullptr;
}

// The newest of what is found at the topics: one that was made again has lost its.
std::optional<Decision> newest_in(const rd_kafka_topic_partition_list_t& list) {
  std::optional<Decision> newest;
  for (int i = 0; i < list.cnt; ++i) {
    const auto& each = list.elems[i];
    if (!has_metadata(each)) continue;
    auto decision = parse_decision({static_cast<const char*>(each.metadata), each.metadata_size});
    if (decision && (!newest || decision->epoch > newest->epoch)) newest = std::move(decision);
  }
  return newest;
}

rd_kafka_resp_err_t ask(rd_kafka_t* client, rd_kafka_topic_partition_list_t* list) {
  const auto code = rd_kafka_committed(client, list, attempt_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
  for (int i = 0; i < list->cnt; ++i)
    if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return list->elems[i].err;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool never_passes(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
}

}  // namespace

std::string to_text(const Decision& decision) {
  return std::string(version) + "e=" + std::to_string(decision.epoch) + ";m=" + decision.record +
         ";i=" + decision.run;
}

std::optional<Decision> parse_decision(std::string_view text) {
  if (!text.starts_with(version)) return std::nullopt;
  const auto epoch = field(text, "e");
  const auto record = field(text, "m");
  const auto run = field(text, "i");
  if (!epoch || !run) return std::nullopt;
  Decision decision{-1, std::string(record.value_or("")), std::string(*run)};
  const auto* const end = epoch->data() + epoch->size();
  const auto [stop, error] = std::from_chars(epoch->data(), end, decision.epoch);
  if (error != std::errc() || stop != end || decision.epoch < -1) return std::nullopt;
  if ((decision.epoch >= 0) == decision.record.empty()) return std::nullopt;
  return decision;
}

PartitionList to_list(const Decision& decision, const std::vector<std::string>& topics,
                      const Offsets& positions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const auto& [topic, partitions] : positions)
    for (const auto& [partition, offset] : partitions)
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  const auto text = to_text(decision);
  for (const auto& topic : topics) {
    auto* place = rd_kafka_topic_partition_list_find(list.get(), topic.c_str(), 0);
    if (place == nullptr) {
      place = rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0);
      place->offset = decision.epoch + 1;
    }
    if (place->metadata != nullptr) continue;    // Two sinks write to one topic.
    place->metadata = std::malloc(text.size());  // The list frees it.
    std::memcpy(place->metadata, text.data(), text.size());
    place->metadata_size = text.size();
  }
  return list;
}

std::optional<Decision> read_decision(const Connection& to, const std::vector<std::string>& topics,
                                      ClientLog& log) {
  auto configuration = make_configuration({{{"reconnect.backoff.max.ms", "1000"}},
                                           to.properties,
                                           {{"bootstrap.servers", to.brokers},
                                            {"group.id", to.group},
                                            // Without it the answer may be the decision before.
                                            {"isolation.level", "read_committed"},
                                            {"enable.auto.commit", "false"}}},
                                          log);
  const auto client = make_client(RD_KAFKA_CONSUMER, std::move(configuration));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
    for (const auto& topic : topics)
      if (rd_kafka_topic_partition_list_find(list.get(), topic.c_str(), 0) == nullptr)
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0);
    const auto code = ask(client.get(), list.get());
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return newest_in(*list);
    auto failure = unreachable(to.brokers, "read what was decided", code, log);
    if (never_passes(code)) throw Error(Blame::external, Retry::never, failure.what());
    if (std::chrono::steady_clock::now() >= deadline || log.context().stop_requested())
      throw failure;
    std::this_thread::sleep_for(pause);
  }
}

std::optional<int64_t> offsets_kept_us(rd_kafka_t* client) {
  const rd_kafka_metadata_t* answer = nullptr;
  if (rd_kafka_metadata(client, 0, nullptr, &answer, attempt_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  const Metadata metadata(answer);
  if (metadata->broker_cnt == 0) return std::nullopt;
  const auto broker = std::to_string(metadata->brokers[0].id);
  const Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER, broker.c_str()));
  rd_kafka_ConfigResource_t* list[] = {resource.get()};
  const Owned<rd_kafka_queue_t, rd_kafka_queue_destroy> queue(rd_kafka_queue_new(client));
  rd_kafka_DescribeConfigs(client, list, 1, nullptr, queue.get());
  const Event event(rd_kafka_queue_poll(queue.get(), attempt_ms));
  const auto* result = event ? rd_kafka_event_DescribeConfigs_result(event.get()) : nullptr;
  if (result == nullptr) return std::nullopt;
  size_t resources = 0;
  const auto** described = rd_kafka_DescribeConfigs_result_resources(result, &resources);
  for (size_t i = 0; i < resources; ++i) {
    size_t entries = 0;
    const auto** configs = rd_kafka_ConfigResource_configs(described[i], &entries);
    for (size_t j = 0; j < entries; ++j)
      if (std::strcmp(rd_kafka_ConfigEntry_name(configs[j]), "offsets.retention.minutes") == 0)
        return std::strtoll(rd_kafka_ConfigEntry_value(configs[j]), nullptr, 10) * 60'000'000;
  }
  return std::nullopt;
}

}  // namespace millrace::kafka

#include "plugins/kafka/cluster.hpp"

#include <chrono>

namespace millrace::kafka {
namespace {

// Attempts are short so that the pipeline can stop in between.
constexpr int attempt_ms = 1'500;
constexpr auto patience = std::chrono::milliseconds(3'500);
constexpr int pause_ms = 50;

// What passes by itself: a leader is being elected, a connection is being made.
bool passes(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__WAIT_CACHE:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return true;
    default:
      return false;
  }
}

PartitionList to_list(const Offsets& offsets) {
  size_t count = 0;
  for (const auto& [topic, partitions] : offsets) count += partitions.size();
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(count)));
  for (const auto& [topic, partitions] : offsets)
    for (const auto& [partition, offset] : partitions)
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

Offsets all_at(const Offsets& partitions, int64_t offset) {
  Offsets result = partitions;
  for (auto& [topic, of_topic] : result)
    for (auto& [partition, value] : of_topic) value = offset;
  return result;
}

// Finds where the leader of a partition is, in an answer about its topic alone.
rd_kafka_resp_err_t leader_in(const rd_kafka_metadata_t& metadata, int32_t partition,
                              std::pair<std::string, int32_t>& found) {
  if (metadata.topic_cnt != 1) return RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
  const auto& topic = metadata.topics[0];
  if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) return topic.err;
  for (int i = 0; i < topic.partition_cnt; ++i) {
    if (topic.partitions[i].id != partition) continue;
    for (int j = 0; j < metadata.broker_cnt; ++j) {
      const auto& broker = metadata.brokers[j];
      if (broker.id != topic.partitions[i].leader) continue;
      found = {broker.host, broker.port};
      return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
  }
  return RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

void log_commit(rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t*,
                void* opaque) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    static_cast<ClientLog*>(opaque)->context().debug(
        std::string("offsets were not committed to the group: ") + rd_kafka_err2str(code));
}

}  // namespace

Cluster::Cluster(Connection connection, std::shared_ptr<ClientLog> log)
    : connection_(std::move(connection)), log_(std::move(log)) {}

rd_kafka_t* Cluster::client() {
  if (!client_) {
    auto configuration = make_configuration({{{"isolation.level", "read_committed"},
                                              {"reconnect.backoff.max.ms", "1000"},
                                              {"topic.metadata.refresh.interval.ms", "60000"}},
                                             connection_.properties,
                                             {{"bootstrap.servers", connection_.brokers},
                                              {"group.id", connection_.group},
                                              {"enable.auto.commit", "false"},
                                              {"allow.auto.create.topics", "false"}}},
                                            *log_);
    rd_kafka_conf_set_offset_commit_cb(configuration.get(), log_commit);
    client_ = make_client(RD_KAFKA_CONSUMER, std::move(configuration));
  }
  rd_kafka_poll(client_.get(), 0);
  return client_.get();
}

void Cluster::retry(const std::string& what,
                    const std::function<rd_kafka_resp_err_t(int)>& attempt) {
  // librdkafka's timeouts are of the system's clock, whatever the pipeline's clock says.
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + patience;
  for (;;) {
    const auto code = attempt(attempt_ms);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      log_->answered();
      return;
    }
    if (!passes(code) || Clock::now() >= deadline || log_->context().stop_requested())
      throw unreachable(connection_.brokers, what, code, *log_);
    // Some errors come at once.
    rd_kafka_poll(client_.get(), pause_ms);
  }
}

void Cluster::remember(const std::vector<std::string>& names) {
  // librdkafka asks for the topics that it has handles of.
  for (const auto& name : names)
    if (!known_.contains(name)) known_.emplace(name, make_topic(client_.get(), name));
}

Topics Cluster::topics(const std::vector<std::string>& names) {
  const std::lock_guard lock(mutex_);
  auto* asked = client();
  remember(names);
  Metadata metadata;
  retry("list topics", [&](int timeout_ms) {
    const rd_kafka_metadata_t* answer = nullptr;
    const auto code = rd_kafka_metadata(asked, names.empty() ? 1 : 0, nullptr, &answer, timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
    metadata.reset(answer);
    for (int i = 0; i < answer->topic_cnt; ++i)
      if (passes(answer->topics[i].err)) return answer->topics[i].err;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  });
  Topics found;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const auto& topic = metadata->topics[i];
    if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR)
      found.emplace(topic.topic, topic.partition_cnt);
    else if (!names.empty() && topic.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
      throw unreachable(connection_.brokers, "look up topic \"" + std::string(topic.topic) + "\"",
                        topic.err, *log_);
  }
  return found;
}

std::pair<std::string, int32_t> Cluster::leader(const TopicPartition& wanted) {
  const std::lock_guard lock(mutex_);
  auto* asked = client();
  remember({wanted.topic});
  std::pair<std::string, int32_t> found;
  const auto name = partition_name(wanted.topic, wanted.partition);
  retry("find the leader of " + name, [&](int timeout_ms) {
    const rd_kafka_metadata_t* answer = nullptr;
    const auto code =
        rd_kafka_metadata(asked, 0, known_.at(wanted.topic).get(), &answer, timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
    const Metadata metadata(answer);
    return leader_in(*metadata, wanted.partition, found);
  });
  return found;
}

Offsets Cluster::list_offsets(const Offsets& wanted, const std::string& what) {
  if (wanted.empty()) return {};
  const std::lock_guard lock(mutex_);
  auto* asked = client();
  PartitionList list;
  retry(what, [&](int timeout_ms) {
    list = to_list(wanted);
    // One request per broker. Besides timestamps it takes the two marks of query_watermark_offsets,
    // which would take one request per partition.
    auto code = rd_kafka_offsets_for_times(asked, list.get(), timeout_ms);
    for (int i = 0; i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
      code = list->elems[i].err;
    return code;
  });
  Offsets found;
  for (int i = 0; i < list->cnt; ++i)
    found[list->elems[i].topic][list->elems[i].partition] = list->elems[i].offset;
  return found;
}

Offsets Cluster::beginnings(const Offsets& partitions) {
  return list_offsets(all_at(partitions, RD_KAFKA_OFFSET_BEGINNING), "find the first offsets");
}

Offsets Cluster::ends(const Offsets& partitions) {
  return list_offsets(all_at(partitions, RD_KAFKA_OFFSET_END), "find the last offsets");
}

Offsets Cluster::at_times(const Offsets& timestamps) {
  auto found = list_offsets(timestamps, "find offsets by timestamp");
  Offsets without;
  for (const auto& [topic, partitions] : found)
    for (const auto& [partition, offset] : partitions)
      if (offset < 0) without[topic][partition] = 0;
  for (const auto& [topic, partitions] : ends(without))
    for (const auto& [partition, end] : partitions) found[topic][partition] = end;
  return found;
}

void Cluster::commit(const Offsets& offsets) {
  if (offsets.empty()) return;
  const std::lock_guard lock(mutex_);
  auto* asked = client();
  const auto list = to_list(offsets);
  const auto code = rd_kafka_commit(asked, list.get(), 1);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    log_->context().debug(std::string("offsets were not committed to the group: ") +
                          rd_kafka_err2str(code));
}

}  // namespace millrace::kafka

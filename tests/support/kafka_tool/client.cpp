#include "tests/support/kafka_tool/client.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace kafka_tool {
namespace {

constexpr int answer_ms = 30'000;

template <class T, void (*destroy)(T*)>
struct Destroyed {
  void operator()(T* object) const { destroy(object); }
};
using Configuration =
    std::unique_ptr<rd_kafka_conf_t, Destroyed<rd_kafka_conf_t, rd_kafka_conf_destroy>>;
using Queue =
    std::unique_ptr<rd_kafka_queue_t, Destroyed<rd_kafka_queue_t, rd_kafka_queue_destroy>>;
using Event =
    std::unique_ptr<rd_kafka_event_t, Destroyed<rd_kafka_event_t, rd_kafka_event_destroy>>;
using Partitions = std::unique_ptr<
    rd_kafka_topic_partition_list_t,
    Destroyed<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>>;
using Message =
    std::unique_ptr<rd_kafka_message_t, Destroyed<rd_kafka_message_t, rd_kafka_message_destroy>>;

void check(rd_kafka_resp_err_t code, const std::string& what) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) throw Failure(what + ": " + rd_kafka_err2str(code));
}

Configuration make_configuration(const std::string& bootstrap, const Properties& properties) {
  Configuration configuration(rd_kafka_conf_new());
  std::array<char, 512> reason{};
  auto set = [&](const std::string& name, const std::string& value) {
    if (rd_kafka_conf_set(configuration.get(), name.c_str(), value.c_str(), reason.data(),
                          reason.size()) != RD_KAFKA_CONF_OK)
      throw Failure(reason.data());
  };
  set("bootstrap.servers", bootstrap);
  set("log_level", "2");  // what goes wrong comes back as a Failure
  for (const auto& [name, value] : properties) set(name, value);
  return configuration;
}

Client open_client(rd_kafka_type_t type, Configuration configuration) {
  std::array<char, 512> reason{};
  Client client(rd_kafka_new(type, configuration.get(), reason.data(), reason.size()));
  if (!client) throw Failure(reason.data());
  (void)configuration.release();  // now the client's
  return client;
}

// Runs one administrative request and throws what the broker says of the topic.
template <class Request>
void administer(const std::string& bootstrap, const std::string& what, Request&& request) {
  Client client = kafka_tool::make_client(RD_KAFKA_PRODUCER, bootstrap, {});
  Queue queue(rd_kafka_queue_new(client.get()));
  request(client.get(), queue.get());
  Event event(rd_kafka_queue_poll(queue.get(), answer_ms));
  if (!event) throw Failure(what + ": no answer from " + bootstrap);
  check(rd_kafka_event_error(event.get()), what);
  size_t count = 0;
  const rd_kafka_topic_result_t** results = nullptr;
  if (const auto* created = rd_kafka_event_CreateTopics_result(event.get()))
    results = rd_kafka_CreateTopics_result_topics(created, &count);
  else if (const auto* grown = rd_kafka_event_CreatePartitions_result(event.get()))
    results = rd_kafka_CreatePartitions_result_topics(grown, &count);
  else if (const auto* deleted = rd_kafka_event_DeleteTopics_result(event.get()))
    results = rd_kafka_DeleteTopics_result_topics(deleted, &count);
  for (size_t i = 0; i < count; ++i) check(rd_kafka_topic_result_error(results[i]), what);
}

/// What the broker says of the topic: its partitions, or why it has none.
std::pair<rd_kafka_resp_err_t, int> ask_for(rd_kafka_t* client, const std::string& topic) {
  std::unique_ptr<rd_kafka_topic_t, Destroyed<rd_kafka_topic_t, rd_kafka_topic_destroy>> handle(
      rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* metadata = nullptr;
  check(rd_kafka_metadata(client, 0, handle.get(), &metadata, answer_ms), "metadata of " + topic);
  const std::pair found(metadata->topics[0].err, metadata->topics[0].partition_cnt);
  rd_kafka_metadata_destroy(metadata);
  return found;
}

// A broker says that it is done before all of it knows: for a moment records are refused, or sent
// again and so in another order, and what was deleted is still there.
template <class Known>
void wait_until(const std::string& what, Known&& known) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(answer_ms);
  while (!known())
    if (std::chrono::steady_clock::now() > deadline) throw Failure(what + ": it is not done");
}

void wait_until_served(const std::string& bootstrap, const std::string& topic, int partitions) {
  const Client client = kafka_tool::make_client(RD_KAFKA_PRODUCER, bootstrap, {});
  wait_until("topic " + topic, [&] {
    if (ask_for(client.get(), topic).second != partitions) return false;
    for (int partition = 0; partition < partitions; ++partition) {
      int64_t first = 0;
      int64_t end = 0;
      if (rd_kafka_query_watermark_offsets(client.get(), topic.c_str(), partition, &first, &end,
                                           answer_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    }
    return true;
  });
}

}  // namespace

Client make_client(rd_kafka_type_t type, const std::string& bootstrap,
                   const Properties& properties) {
  return open_client(type, make_configuration(bootstrap, properties));
}

void create_topic(const std::string& bootstrap, const std::string& topic, int partitions,
                  const Properties& configuration) {
  using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t,
                                   Destroyed<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>>;
  NewTopic wanted(rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, nullptr, 0));
  for (const auto& [name, value] : configuration)
    check(rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str()), name);
  rd_kafka_NewTopic_t* list[] = {wanted.get()};
  administer(bootstrap, "create topic " + topic, [&](rd_kafka_t* client, rd_kafka_queue_t* queue) {
    rd_kafka_CreateTopics(client, list, 1, nullptr, queue);
  });
  wait_until_served(bootstrap, topic, partitions);
}

void add_partitions(const std::string& bootstrap, const std::string& topic, int partitions) {
  using NewPartitions =
      std::unique_ptr<rd_kafka_NewPartitions_t,
                      Destroyed<rd_kafka_NewPartitions_t, rd_kafka_NewPartitions_destroy>>;
  NewPartitions wanted(
      rd_kafka_NewPartitions_new(topic.c_str(), static_cast<size_t>(partitions), nullptr, 0));
  rd_kafka_NewPartitions_t* list[] = {wanted.get()};
  administer(bootstrap, "add partitions to " + topic,
             [&](rd_kafka_t* client, rd_kafka_queue_t* queue) {
               rd_kafka_CreatePartitions(client, list, 1, nullptr, queue);
             });
  wait_until_served(bootstrap, topic, partitions);
}

void delete_topic(const std::string& bootstrap, const std::string& topic) {
  using DeleteTopic =
      std::unique_ptr<rd_kafka_DeleteTopic_t,
                      Destroyed<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>>;
  DeleteTopic unwanted(rd_kafka_DeleteTopic_new(topic.c_str()));
  rd_kafka_DeleteTopic_t* list[] = {unwanted.get()};
  administer(bootstrap, "delete topic " + topic, [&](rd_kafka_t* client, rd_kafka_queue_t* queue) {
    rd_kafka_DeleteTopics(client, list, 1, nullptr, queue);
  });
  const Client client = make_client(RD_KAFKA_PRODUCER, bootstrap, {});
  wait_until("delete topic " + topic, [&] {
    return ask_for(client.get(), topic).first == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  });
}

int partition_count(const std::string& bootstrap, const std::string& topic) {
  const Client client = make_client(RD_KAFKA_PRODUCER, bootstrap, {});
  const auto [error, count] = ask_for(client.get(), topic);
  check(error, "topic " + topic);
  return count;
}

Record record_of(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;
  rd_kafka_message_headers(&message, &headers);
  return {message.partition,
          message.offset,
          rd_kafka_message_timestamp(&message, nullptr),
          {static_cast<const char*>(message.key), message.key_len},
          {static_cast<const char*>(message.payload), message.len},
          message.key != nullptr,
          message.payload != nullptr,
          headers};
}

void read_topic(const std::string& bootstrap, const std::string& topic,
                const std::function<bool(const Record&)>& take) {
  const int partitions = partition_count(bootstrap, topic);
  Client client = make_client(RD_KAFKA_CONSUMER, bootstrap,
                              {{"group.id", "kafka_tool"},
                               {"enable.auto.commit", "false"},
                               {"enable.partition.eof", "true"},
                               {"isolation.level", "read_committed"},
                               {"auto.offset.reset", "earliest"}});
  rd_kafka_poll_set_consumer(client.get());
  Partitions assigned(rd_kafka_topic_partition_list_new(partitions));
  for (int i = 0; i < partitions; ++i)
    rd_kafka_topic_partition_list_add(assigned.get(), topic.c_str(), i)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  check(rd_kafka_assign(client.get(), assigned.get()), "assign " + topic);
  std::vector<bool> ended(static_cast<size_t>(partitions));
  int open = partitions;
  while (open > 0) {
    Message message(rd_kafka_consumer_poll(client.get(), answer_ms));
    if (!message) throw Failure("read " + topic + ": no answer from " + bootstrap);
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      const auto at = static_cast<size_t>(message->partition);
      if (!ended[at]) --open;
      ended[at] = true;
      continue;
    }
    if (message->err == RD_KAFKA_RESP_ERR__TRANSPORT) continue;  // librdkafka connects again
    check(message->err, "read " + topic);
    if (!take(record_of(*message))) return;
  }
}

Producer::Producer(const std::string& bootstrap, const Properties& properties) {
  Properties all{{"linger.ms", "5"},
                 {"enable.idempotence", "true"},
                 {"queue.buffering.max.messages", "1000000"}};
  for (const auto& [name, value] : properties) all[name] = value;
  Configuration configuration = make_configuration(bootstrap, all);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_dr_msg_cb(
      configuration.get(), [](rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
          static_cast<Producer*>(opaque)->failure_ = rd_kafka_err2str(message->err);
      });
  client_ = open_client(RD_KAFKA_PRODUCER, std::move(configuration));
}

void Producer::send(const std::string& topic, std::string_view key, std::string_view value,
                    int32_t partition) {
  for (;;) {
    const auto code =
        rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                          RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_KEY(key.data(), key.size()),
                          RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) check(code, "produce to " + topic);
    serve(100);
  }
  serve(0);
}

void Producer::serve(int milliseconds) { rd_kafka_poll(client_.get(), milliseconds); }

void Producer::finish() {
  check(rd_kafka_flush(client_.get(), answer_ms), "flush");
  if (!failure_.empty()) throw Failure("a record was not acknowledged: " + failure_);
}

}  // namespace kafka_tool

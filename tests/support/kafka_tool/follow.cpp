#include "tests/support/kafka_tool/follow.hpp"

#include <atomic>
#include <istream>
#include <ostream>
#include <thread>

#include "tests/support/kafka_tool/client.hpp"
#include "tests/support/kafka_tool/records.hpp"

namespace kafka_tool {
namespace {

constexpr int poll_ms = 200;
constexpr int quiet_polls = 5;  // without a record before an end is believed
constexpr int answer_ms = 30'000;

using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                   decltype(&rd_kafka_topic_partition_list_destroy)>;
using Message = std::unique_ptr<rd_kafka_message_t, decltype(&rd_kafka_message_destroy)>;
using PartitionKey = std::pair<std::string, int32_t>;

Partitions all_partitions(const std::string& bootstrap, const std::vector<std::string>& topics) {
  Partitions all(rd_kafka_topic_partition_list_new(8), rd_kafka_topic_partition_list_destroy);
  for (const auto& topic : topics) {
    const int count = partition_count(bootstrap, topic);
    for (int i = 0; i < count; ++i)
      rd_kafka_topic_partition_list_add(all.get(), topic.c_str(), i)->offset =
          RD_KAFKA_OFFSET_BEGINNING;
  }
  return all;
}

bool all_ended(const rd_kafka_topic_partition_list_t& all,
               const std::map<PartitionKey, bool>& at_end) {
  for (int i = 0; i < all.cnt; ++i) {
    const auto found = at_end.find({all.elems[i].topic, all.elems[i].partition});
    if (found == at_end.end() || !found->second) return false;
  }
  return true;
}

}  // namespace

void follow(const std::string& bootstrap, const std::vector<std::string>& topics,
            std::istream& until, std::ostream& out) {
  const auto assigned = all_partitions(bootstrap, topics);
  const Client client = make_client(RD_KAFKA_CONSUMER, bootstrap,
                                    {{"group.id", "kafka_tool"},
                                     {"enable.auto.commit", "false"},
                                     {"enable.partition.eof", "true"},
                                     {"isolation.level", "read_committed"},
                                     {"reconnect.backoff.max.ms", "500"},
                                     {"log_level", "0"},
                                     {"auto.offset.reset", "error"}});
  rd_kafka_poll_set_consumer(client.get());
  if (rd_kafka_assign(client.get(), assigned.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw Failure("assign");
  std::atomic<bool> closing = false;
  std::thread waiter([&] {
    std::string line;
    while (std::getline(until, line)) {
    }
    closing = true;
  });
  std::map<PartitionKey, bool> at_end;
  for (int quiet = 0; quiet < quiet_polls || !closing || !all_ended(*assigned, at_end);) {
    const Message message(rd_kafka_consumer_poll(client.get(), poll_ms), rd_kafka_message_destroy);
    if (!message) {
      ++quiet;
      out.flush();
      continue;
    }
    const bool ended = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    // A broker that is gone comes back.
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && !ended) continue;
    const std::string topic = rd_kafka_topic_name(message->rkt);
    at_end[{topic, message->partition}] = ended;
    if (ended) continue;
    quiet = 0;
    out << json_of(record_of(*message), topic) << '\n';
  }
  waiter.join();
  out.flush();
}

void forget_group(const std::string& bootstrap, const std::string& group) {
  const Client client = make_client(RD_KAFKA_PRODUCER, bootstrap, {});
  const std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)> queue(
      rd_kafka_queue_new(client.get()), rd_kafka_queue_destroy);
  const std::unique_ptr<rd_kafka_DeleteGroup_t, decltype(&rd_kafka_DeleteGroup_destroy)> unwanted(
      rd_kafka_DeleteGroup_new(group.c_str()), rd_kafka_DeleteGroup_destroy);
  rd_kafka_DeleteGroup_t* list[] = {unwanted.get()};
  rd_kafka_DeleteGroups(client.get(), list, 1, nullptr, queue.get());
  const std::unique_ptr<rd_kafka_event_t, decltype(&rd_kafka_event_destroy)> event(
      rd_kafka_queue_poll(queue.get(), answer_ms), rd_kafka_event_destroy);
  const auto* result = event ? rd_kafka_event_DeleteGroups_result(event.get()) : nullptr;
  if (result == nullptr) throw Failure("forget group " + group + ": no answer");
  size_t count = 0;
  const auto** groups = rd_kafka_DeleteGroups_result_groups(result, &count);
  for (size_t i = 0; i < count; ++i)
    if (const auto* error = rd_kafka_group_result_error(groups[i]))
      throw Failure("forget group " + group + ": " + rd_kafka_error_string(error));
}

}  // namespace kafka_tool

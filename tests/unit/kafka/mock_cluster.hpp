#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "plugins/kafka/client.hpp"

namespace millrace::testing {

// The broker that librdkafka brings for tests, with a producer for it.
class MockCluster {
 public:
  explicit MockCluster(int brokers = 1) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    set(conf, "test.mock.num.brokers", std::to_string(brokers));
    set(conf, "linger.ms", "0");
    set(conf, "log_level", "0");
    char reason[512];
    producer_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason));
    if (!producer_) throw std::runtime_error(reason);
    mock_ = rd_kafka_handle_mock_cluster(producer_.get());
  }

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(mock_); }
  rd_kafka_mock_cluster_t* get() const { return mock_; }

  void create(const std::string& topic, int partitions) {
    rd_kafka_mock_topic_create(mock_, topic.c_str(), partitions, 1);
  }
  // Writes one record and waits until it is there.
  void put(const std::string& topic, int32_t partition, std::string_view value,
           std::string_view key = {}) {
    auto* key_bytes = key.empty() ? nullptr : const_cast<char*>(key.data());
    const auto code = rd_kafka_producev(
        producer_.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
        RD_KAFKA_V_KEY(key_bytes, key.size()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_TIMESTAMP(int64_t{1'700'000'000'123}), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(code));
  }
  void flush() {
    if (rd_kafka_flush(producer_.get(), 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error("the mock broker does not answer");
  }
  void put_numbers(const std::string& topic, int32_t partition, int from, int to) {
    for (int i = from; i < to; ++i) put(topic, partition, std::to_string(i));
    flush();
  }

 private:
  static void set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
    char reason[512];
    if (rd_kafka_conf_set(conf, name, value.c_str(), reason, sizeof reason) != RD_KAFKA_CONF_OK)
      throw std::runtime_error(reason);
  }

  kafka::Handle producer_;
  rd_kafka_mock_cluster_t* mock_ = nullptr;
};

}  // namespace millrace::testing

#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/kafka/client.hpp"
#include "plugins/kafka/deliveries.hpp"

namespace millrace::kafka {

struct Destination {
  std::string brokers;
  std::vector<std::string> topics;
  StringMap properties;
  std::string transactional_id = {};  ///< empty: no transactions
  std::string linger_ms = {};         ///< unless the properties say so; empty: by the trigger
};

/// A record on its way out. Its bytes are copied.
struct Outgoing {
  size_t topic = 0;  ///< position in Destination::topics
  std::string_view value;
  std::string_view key;
  bool has_key = false;
  int32_t partition = RD_KAFKA_PARTITION_UA;    ///< librdkafka chooses, by the key
  const rd_kafka_headers_t* headers = nullptr;  ///< copied too; null for none
};

/// One librdkafka producer, shared by the writers of a sink, or of all sinks of a transaction.
/// Acknowledgements are taken by a thread of librdkafka, so no writer has to poll for those of
/// another.
class Producer {
 public:
  Producer(Destination destination, std::shared_ptr<ClientLog> log);
  virtual ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  /// A new count for a writer's epoch. It lives until its last record is settled, whatever becomes
  /// of the writer.
  std::shared_ptr<Deliveries> begin(size_t topic = 0);
  /// Hands a record over; waits while the queue is full. False if the record is too large.
  bool send(const Outgoing& record, Deliveries& deliveries);
  /// Throws if a record was not written.
  void check(const Deliveries& deliveries) const;
  /// Waits until every record of `deliveries` is acknowledged. Throws if one was not.
  void finish(Deliveries& deliveries);
  /// Whether it can do nothing any more, and a new one is needed.
  bool broken() const;
  /// The largest record that it takes.
  int64_t message_bytes_max() const { return message_bytes_max_; }
  /// What librdkafka goes by, like "linger.ms".
  std::string property(const char* name) const { return value_of(rd_kafka_conf(client()), name); }

 protected:
  rd_kafka_t* client() const { return client_.get(); }
  const Destination& destination() const { return destination_; }
  ClientLog& log() const { return *log_; }
  /// What is said of the topic of that position; without waiting for long.
  rd_kafka_resp_err_t look_up(size_t topic) const;

 private:
  void look_up_topics();
  /// Why nothing is acknowledged, as far as the cluster tells.
  std::string why_waiting(size_t topic);
  std::string title_of(size_t topic) const;
  void tell_waiting(const Deliveries& deliveries);
  rd_kafka_resp_err_t produce(const Outgoing& record, Deliveries& deliveries);

  Destination destination_;
  std::shared_ptr<ClientLog> log_;
  int64_t message_bytes_max_ = 0;
  std::mutex mutex_;
  int64_t next_warning_us_ = 0;
  std::vector<std::shared_ptr<Deliveries>> kept_;  // Each until its last record is settled.
  Handle client_;
  std::vector<Topic> topics_;  // As in the destination.
};

}  // namespace millrace::kafka

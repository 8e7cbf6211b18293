#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "plugins/kafka/decisions.hpp"
#include "plugins/kafka/producer.hpp"

namespace millrace::kafka {

/// A producer for one transaction. librdkafka 2.0.2 speaks the old transaction protocol, in which a
/// request that was delayed on its way can end a later transaction of the same producer; so none
/// has a second one. A transaction that is open when it is destroyed is aborted.
class TransactionalProducer final : public Producer {
 public:
  using Producer::Producer;
  ~TransactionalProducer() override;

  /// Ends what any earlier producer of its id has open, and shuts that one out for good. Waits for
  /// the cluster and its topics for up to `patience`.
  void init(std::chrono::milliseconds patience);
  void begin();
  void send_offsets(const rd_kafka_topic_partition_list_t* offsets, const std::string& group);
  /// After a throw it is not known whether the transaction is committed.
  void commit();

  /// How long the cluster keeps offsets of a group that nobody uses.
  std::optional<int64_t> offsets_kept_us() const { return kafka::offsets_kept_us(client()); }
  /// How many partitions a topic has, 0 if there is no such topic.
  int partitions_of(const std::string& topic) const;

 private:
  using Attempt = std::function<rd_kafka_error_t*(int timeout_ms)>;
  void retry(const std::string& what, std::chrono::milliseconds patience, const Attempt& attempt);
  void require_topics(std::chrono::steady_clock::time_point deadline);

  bool open_ = false;
  bool undone_ = false;  ///< a call has not ended: no other one may begin
};

}  // namespace millrace::kafka

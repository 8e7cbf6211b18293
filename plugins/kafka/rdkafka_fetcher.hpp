#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plugins/kafka/fetch_client.hpp"
#include "plugins/kafka/fetcher.hpp"

namespace millrace::kafka {

/// A fetcher on librdkafka. The partition has a queue of its own, which librdkafka keeps filled in
/// the background, also between epochs.
class RdKafkaFetcher final : public Fetcher {
 public:
  RdKafkaFetcher(std::shared_ptr<FetchClient> client, std::string topic, int32_t partition);
  ~RdKafkaFetcher() override;
  RdKafkaFetcher(const RdKafkaFetcher&) = delete;
  RdKafkaFetcher& operator=(const RdKafkaFetcher&) = delete;

  int64_t position() const override { return position_; }
  void seek(int64_t offset) override;
  int64_t arrived() override;
  int64_t log_end() const override;
  bool is_lost() const override { return out_of_range_; }
  Fetch fetch(int64_t end, int64_t timeout_us, RecordRows& rows) override;

 private:
  // Set by librdkafka's thread when something enters the empty queue.
  struct Arrival {
    const Context& context;  // Tells the engine too.
    std::mutex mutex;
    std::condition_variable changed;
    bool any = false;
  };

  void stop();
  void drop_messages();
  int64_t at_least_queued() const;
  bool refill();
  bool wait(int64_t timeout_us);
  bool hand_out(int64_t end, RecordRows& rows);
  bool take_error(const rd_kafka_message_t& message);
  void append(const rd_kafka_message_t& message, RecordRows& rows);
  void skip_control_records();
  void keep_fetching();
  void wake_client();

  std::shared_ptr<FetchClient> client_;
  std::string topic_name_;
  int32_t partition_;
  Topic topic_;
  Arrival arrival_;
  Queue queue_;
  PartitionList self_;
  bool started_ = false;
  bool was_full_ = false;
  bool out_of_range_ = false;
  int64_t position_ = -1;    // The next record has this offset or a higher one.
  int64_t handed_out_ = -1;  // The end of what was handed out; no record lies between the two.
  int64_t bytes_per_message_ = 100;
  std::vector<rd_kafka_message_t*> messages_;  // Taken from the queue, from next_ to count_.
  size_t next_ = 0;
  size_t count_ = 0;
};

}  // namespace millrace::kafka

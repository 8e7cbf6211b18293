#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>

#include <librdkafka/rdkafka.h>

namespace millrace::kafka {

/// Counts what one writer has sent in one epoch and what became of it. Records are sent by the
/// writer's thread, settled by librdkafka's.
class Deliveries {
 public:
  /// `topic` is the position of theirs among the producer's.
  explicit Deliveries(size_t topic) : topic_(topic) {}
  size_t topic() const { return topic_; }

  /// Before a record is handed to librdkafka; taken back if it did not accept it.
  void sent() { sent_.fetch_add(1, std::memory_order_relaxed); }
  void withdrawn() { sent_.fetch_sub(1, std::memory_order_relaxed); }
  /// These records were acknowledged, or never will be.
  void settle(std::span<const rd_kafka_message_t* const> messages);

  /// Records that were sent, whatever becomes of them.
  int64_t count() const { return sent_.load(std::memory_order_relaxed); }
  bool done() const;
  int64_t outstanding() const;
  /// Waits until every record is settled; returns whether that came within the time.
  bool wait_until_done(std::chrono::milliseconds time);
  /// Waits until any record is settled, or the time is over.
  void wait_for_any(std::chrono::milliseconds time);
  /// What to say of records that were not written; empty if all were.
  std::string failure() const;

 private:
  const size_t topic_;
  std::atomic<int64_t> sent_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int64_t settled_ = 0;
  int64_t failed_ = 0;
  std::string first_reason_;
  std::map<int32_t, int64_t> failed_by_partition_;
};

}  // namespace millrace::kafka

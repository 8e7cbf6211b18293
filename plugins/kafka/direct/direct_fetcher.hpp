#pragma once
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "plugins/kafka/client_log.hpp"
#include "plugins/kafka/direct/arrival_watch.hpp"
#include "plugins/kafka/direct/broker_connection.hpp"
#include "plugins/kafka/direct/direct_settings.hpp"
#include "plugins/kafka/direct/records_at_hand.hpp"
#include "plugins/kafka/fetcher.hpp"
#include "plugins/kafka/offsets.hpp"

namespace millrace::kafka {

/// What the direct fetchers of a source share.
struct DirectParts {
  DirectSettings settings;
  std::shared_ptr<ArrivalWatch> watch;
  std::shared_ptr<ClientLog> log;
  /// Asks the cluster who leads a partition. Throws Error.
  std::function<Address(const TopicPartition&)> leader;
};

/// A fetcher on a TCP connection of its own to the partition's leader: what the broker answers is
/// read where it lies. While one answer is handed out, the next is on its way. Throws Unsupported
/// where only librdkafka can go on.
class DirectFetcher final : public Fetcher {
 public:
  DirectFetcher(DirectParts parts, TopicPartition partition);
  ~DirectFetcher() override;
  DirectFetcher(const DirectFetcher&) = delete;
  DirectFetcher& operator=(const DirectFetcher&) = delete;

  int64_t position() const override;
  void seek(int64_t offset) override;
  int64_t arrived() override;
  int64_t log_end() const override;
  bool is_lost() const override;
  Fetch fetch(int64_t end, int64_t timeout_us, RecordRows& rows) override;

 private:
  using Clock = std::chrono::steady_clock;

  void notice();
  void announce_next();
  int64_t end_at_once() const;
  bool receive_answer();
  bool receive_from_broker();
  bool ask();
  void ask_ahead();
  void connect();
  void check_versions();
  bool wait(Clock::time_point until);
  void lose_connection(const std::string& why);
  [[noreturn]] void refuse(const Malformed& reason);
  void take_answer();
  void take_error(int16_t code);

  DirectParts parts_;
  TopicPartition partition_;
  uint64_t member_;
  mutable std::mutex mutex_;    // The watch's thread looks in while nobody reads.
  std::exception_ptr failure_;  // What it came to there.

  std::optional<Address> leader_;
  std::unique_ptr<BrokerConnection> connection_;
  int32_t request_ = 0;
  bool asked_ = false;
  std::chrono::milliseconds throttled_{0};  // For so long the broker takes no question.
  Clock::time_point patience_ends_;         // For the answer.
  Clock::time_point next_try_;              // To connect.

  Progress progress_;
  int64_t log_end_ = -1;
  int64_t next_offset_ = -1;    // What to ask for next.
  int64_t answer_records_ = 0;  // About as many as the next one will have.
  bool out_of_range_ = false;
  RecordsAtHand at_hand_;  // In the connection's memory.
};

}  // namespace millrace::kafka

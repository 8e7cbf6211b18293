#pragma once
#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include "millrace/sink.hpp"

#include "plugins/kafka/producer.hpp"
#include "plugins/kafka/transactions.hpp"

namespace millrace::kafka {

/// Says which producer writes an epoch: exactly once, that of the epoch's transaction; at least
/// once, one for all of them, and a new one after a fatal error.
///
/// With rounds of a continuous pipeline there are two, one of which writes an epoch: records go out
/// at once while few come, and linger for a moment where the epoch before had many. Then requests
/// for a record or two keep brokers busier than they need be, which all records wait for. Between
/// two epochs nothing is on its way, so that the order of records holds.
class Producers {
 public:
  Producers(Destination destination, std::shared_ptr<ClientLog> log);
  void use(std::shared_ptr<Transactions> transactions);

  const std::shared_ptr<Transactions>& transactions() const { return transactions_; }
  std::shared_ptr<Producer> for_epoch(Epoch epoch);
  std::shared_ptr<Deliveries> begin(Producer& producer) const { return producer.begin(topic_); }
  /// Which of the producer's topics is the sink's.
  size_t topic() const { return topic_; }
  /// A writer has sent all it had.
  void close(Producer& producer, std::shared_ptr<Deliveries> deliveries);

 private:
  void begin_epoch(Epoch epoch);

  Destination destination_;
  std::shared_ptr<ClientLog> log_;
  std::shared_ptr<Transactions> transactions_;
  size_t topic_ = 0;
  std::mutex mutex_;
  std::array<std::shared_ptr<Producer>, 2> made_;  // For few records, and for many.
  std::optional<Epoch> epoch_;
  int64_t begun_us_ = 0;
  int64_t records_ = 0;  // Of the epoch, as far as it was closed.
  bool many_ = false;
};

}  // namespace millrace::kafka

#pragma once
#include <array>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "millrace/deciding_sink.hpp"

#include "plugins/kafka/cluster.hpp"
#include "plugins/kafka/transactional_producer.hpp"

namespace millrace::kafka {

/// The transactions of all exactly-once sinks of a pipeline on one cluster: one per epoch, which
/// holds the records of all of them, source positions and the decision. Each has a producer of its
/// own, of two transactional ids in turn; the next one is made and initialised while an epoch runs.
class Transactions {
 public:
  Transactions(std::string brokers, StringMap properties, std::shared_ptr<ClientLog> log);

  const StringMap& properties() const { return properties_; }
  /// A topic that records go to; its position among all. Before the first fence.
  size_t add(const std::string& topic);

  Fenced fence(std::string_view job, std::string_view run);
  void begin();
  void decide(const Decision& decision, std::span<const SourcePosition> positions);

  /// Aborts what is open and waits for what goes on in the background. Of no more use then.
  void end();

  /// The producer of the open transaction. [task]
  std::shared_ptr<Producer> producer() const;
  /// These records belong to the open transaction; one that is not acknowledged spoils it. [task]
  void written(std::shared_ptr<Deliveries> deliveries);

 private:
  using Made = std::shared_ptr<TransactionalProducer>;

  void make_next(size_t turn, Made used, std::chrono::milliseconds patience);
  Offsets known_here(std::span<const SourcePosition> positions);

  std::string brokers_;
  StringMap properties_;
  std::shared_ptr<ClientLog> log_;
  std::vector<std::string> topics_;
  std::string group_;
  std::array<std::future<Made>, 2> next_;
  size_t turn_ = 0;
  Made open_;
  std::map<std::string, int> partition_counts_;  // of topics of sources
  std::mutex mutex_;
  std::vector<std::shared_ptr<Deliveries>> written_;
};

}  // namespace millrace::kafka

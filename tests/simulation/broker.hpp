#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::simulation {

/// That an epoch is committed, as a transaction holds it.
struct EpochMarker {
  int64_t epoch = -1;
  std::string record;
  std::string run;
};

/// A row in a log that others read.
struct LoggedRow {
  std::string sink;
  int64_t epoch = 0;  ///< whose transaction wrote it
  std::string row;
};

/// A log with transactions, as Kafka has them: a producer that is fenced can do nothing more, a
/// request to end a transaction may come late and then ends whatever that producer has open.
class Broker {
 public:
  /// A new producer; whatever an earlier one has open is aborted.
  uint64_t new_producer();
  uint64_t producer() const { return producer_; }

  void begin(uint64_t producer);
  void append(uint64_t producer, LoggedRow row);
  /// The marker goes with the transaction.
  void add_marker(uint64_t producer, const EpochMarker& marker);
  void commit(uint64_t producer);

  /// A request to commit that arrives some calls later.
  void commit_later(uint64_t producer, uint64_t calls) { late_.push_back({producer, calls}); }
  /// One call passes; `all`: every late request arrives now.
  void pass(bool all = false);

  const std::optional<EpochMarker>& marker() const { return marker_; }
  void forget_marker() { marker_.reset(); }
  /// What is decided, whether or not a marker says so still.
  int64_t decided() const { return decided_; }
  /// What readers see that wait for commits.
  const std::vector<LoggedRow>& committed() const { return committed_; }

 private:
  struct Open {
    std::vector<LoggedRow> rows;
    std::optional<EpochMarker> marker;
  };
  struct Late {
    uint64_t producer = 0;
    uint64_t calls = 0;
  };

  Open& open_of(uint64_t producer);

  uint64_t producer_ = 0;
  std::optional<Open> open_;
  std::vector<Late> late_;
  std::optional<EpochMarker> marker_;
  int64_t decided_ = -1;
  std::vector<LoggedRow> committed_;
};

}  // namespace millrace::simulation

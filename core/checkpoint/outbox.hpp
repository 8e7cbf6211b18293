#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace {

// Rows of an epoch for sinks outside the decision: kept with the epoch, given to the sinks once it
// is decided, and again after a crash, the same bytes, until it is noted that they have them.

// A sink's partition.
struct OutboxAddress {
  std::string sink;
  std::uint32_t partition = 0;

  auto operator<=>(const OutboxAddress&) const = default;
};

// Takes the rows while the epoch runs. Thread-safe.
class OutboxWriter {
 public:
  virtual ~OutboxWriter() = default;
  // `record` means something to the sinks' side only; `rows` says how many rows are in it.
  virtual void append(const OutboxAddress& to, std::uint64_t rows, std::string_view record) = 0;
};

// What is known of an epoch's delivery while it is under way, and what a repetition goes by.
struct RefusedRow {
  std::uint32_t attempt = 0;
  std::string reason;
};
struct DeliveryNotes {
  // By address and number of the row: not given to the sink again.
  std::map<OutboxAddress, std::map<std::uint64_t, RefusedRow>> refused;
  // What transactional sinks for refused rows handed over, by sink.
  std::map<std::string, std::string> receipts;
  // Sinks whose rows an operator gave up: they get none of this epoch any more.
  std::set<std::string> discarded;
};

// What is kept of one epoch.
class Outbox {
 public:
  using Visitor = std::function<void(std::string_view record)>;

  struct Part {
    std::uint64_t records = 0;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
  };

  virtual ~Outbox() = default;
  virtual std::uint64_t epoch() const = 0;
  virtual std::map<OutboxAddress, Part> parts() const = 0;
  // The records of one address, in the order in which they were appended. Thread-safe.
  virtual void read(const OutboxAddress& of, const Visitor& visit) const = 0;
  // Those that have some of the rows from `begin` up to `end`; `first` is the number of the first
  // row of a record.
  using RowVisitor = std::function<void(std::string_view record, std::uint64_t first)>;
  virtual void read_rows(const OutboxAddress& of, std::uint64_t begin, std::uint64_t end,
                         const RowVisitor& visit) const = 0;
};

}  // namespace millrace

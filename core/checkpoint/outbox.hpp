#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
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
};

}  // namespace millrace

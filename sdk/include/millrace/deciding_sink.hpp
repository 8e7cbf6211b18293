#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "millrace/sink.hpp"

namespace millrace {

/// That an epoch is committed.
struct Decision {
  Epoch epoch = -1;         ///< -1: none is yet
  std::string record = {};  ///< hash of its commit record
  std::string run = {};     ///< the process that decided

  bool operator==(const Decision&) const = default;
};

struct SourcePosition {
  std::string_view source;
  std::string_view type;
  std::string_view position;
};

/// What a sink that decides finds when it is fenced.
struct Fenced {
  std::optional<Decision> newest;
  int64_t kept_us = 0;  ///< how long a decision is kept that is not made again; 0: for ever
};

/// A sink that can deliver exactly once by transactions of its own: an epoch's rows and the
/// decision that it is committed become visible together. Before join it is a sink like any other.
class DecidingSink : public Sink {
 public:
  /// Asked for exactly once. `first` is the first such sink of the pipeline; null: this is it.
  virtual void join(DecidingSink* first) = 0;
  /// Sinks that say the same share a transaction. Valid before join.
  virtual std::string place() const = 0;

  // The rest is asked of the first one only.

  /// From its return on no earlier run of the job can decide anything.
  virtual Fenced fence(std::string_view job, std::string_view run) = 0;
  /// Opens the transaction of an epoch.
  virtual void begin(Epoch epoch) = 0;
  /// Commits it; without begin, only makes the decision once more. After a throw only fence can
  /// tell what was decided.
  virtual void decide(const Decision& decision, std::span<const SourcePosition> positions) = 0;
};

}  // namespace millrace

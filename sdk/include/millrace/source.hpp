#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/context.hpp"

namespace millrace {

/// A slice of a source's input: what one task reads. Reading it twice gives the same rows.
struct Range {
  std::string partition;  ///< the independent, ordered part of the input that it belongs to
  int64_t start = 0;
  int64_t end = 0;     ///< exclusive
  std::string detail;  ///< what else is needed to read it again, a file name for example
};

/// How far a partition has been read, for lag and for watermarks.
struct PartitionStatus {
  std::string partition;
  std::string topic;
  int32_t index = 0;
  int64_t next = 0;    ///< where the epoch after this one starts
  int64_t latest = 0;  ///< where the input ends now
  bool never_had_records = false;
};

/// The input of one epoch.
struct InputPlan {
  std::vector<Range> ranges;
  std::vector<PartitionStatus> partitions;
  std::string position;                               ///< JSON; where the next epoch starts
  std::vector<std::pair<std::string, int64_t>> lost;  ///< partition, records no longer there
};

/// The lower one of two limits, of which 0 is none.
inline int64_t lower_limit(int64_t one, int64_t other) {
  return one == 0 || other == 0 ? std::max(one, other) : std::min(one, other);
}

enum class Read { rows, idle, end };

/// Reads one range, on one thread at a time.
class Reader {
 public:
  virtual ~Reader() = default;
  /// Puts the next rows into `rows` and returns Read::rows; Read::idle when nothing came within
  /// the timeout; Read::end once the range is read.
  virtual Read read(int64_t timeout_us, Batch& rows) = 0;
};

/// Names positions in its input by JSON texts that only it understands. An empty position means:
/// from the configured start.
class Source {
 public:
  virtual ~Source() = default;
  /// The rows of readers. A source of payloads (source_payloads) has a binary column `value`.
  virtual Schema schema() const = 0;
  /// Where the input ends now.
  virtual std::string latest(const std::string& position) = 0;
  /// Like latest(), but only of what this process has at hand already: asks nobody and does not
  /// wait. Once it was called, Context::input_arrived() has to tell of more behind `position`.
  virtual std::string arrived(const std::string& position) { return latest(position); }
  /// From `position` to at most `target`, within the source's own limit unless `without_limit`.
  virtual InputPlan plan(const std::string& position, const std::string& target,
                         bool without_limit) = 0;
  /// From now on plan() takes no more than about that much, in what end - start of its ranges
  /// counts, however much the source's own limit allows, but something; 0: what that allows.
  /// Comes when memory runs short.
  virtual void limit(int64_t /*size*/) {}
  /// Everything before `position` is durable.
  virtual void committed(const std::string& /*position*/) {}
  /// A reader that puts out the given columns of schema(), in that order.
  virtual std::unique_ptr<Reader> open(const Range& range, const std::vector<int>& columns) = 0;
};

}  // namespace millrace

#pragma once
#include <cstdint>

#include "plugins/kafka/record_rows.hpp"

namespace millrace::kafka {

enum class Fetch {
  rows,         ///< at least one record was appended
  idle,         ///< nothing came within the timeout
  end,          ///< nothing is left before the requested end
  out_of_range  ///< the position is not, or no longer, within the partition
};

/// "Give me the next records of this partition": all that reading needs from a Kafka client, which
/// is librdkafka (RdKafkaFetcher) or leaner (DirectFetcher). One thread at a time.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  /// The offset of the next record to hand out; -1 before the first seek.
  virtual int64_t position() const = 0;
  /// Goes to an offset. Where it stands there already, nothing is fetched again.
  virtual void seek(int64_t offset) = 0;
  /// The end of what has arrived here from position() on, or comes as soon as it is asked for,
  /// without waiting. Nothing is handed out.
  virtual int64_t arrived() = 0;
  /// Where the partition ended when the broker last said so; -1 if it never did.
  virtual int64_t log_end() const = 0;
  /// Reading cannot go on: the position is not, or no longer, within the partition.
  virtual bool is_lost() const = 0;
  /// Appends records from position() on, with offsets below `end`, until `rows` is full or nothing
  /// more is at hand. Records beyond `end` are kept for the next call.
  virtual Fetch fetch(int64_t end, int64_t timeout_us, RecordRows& rows) = 0;
};

}  // namespace millrace::kafka

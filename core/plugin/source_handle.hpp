#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "millrace/batch.hpp"

#include "core/plugin/component.hpp"

namespace millrace {

/// A slice of a source's input, as the epoch log keeps it.
struct SourceRange {
  std::string partition;
  int64_t start = 0;
  int64_t end = 0;
  std::string detail;
};

struct SourcePartition {
  std::string partition;
  std::string topic;
  int32_t index = 0;
  int64_t next = 0;
  int64_t latest = 0;
  bool never_had_records = false;
};

struct SourcePlan {
  std::vector<SourceRange> ranges;
  std::vector<SourcePartition> partitions;
  std::string position;
  std::vector<std::pair<std::string, int64_t>> lost;
};

enum class ReadResult { rows, idle, end };

/// Reads one range. [task]
class ReaderHandle {
 public:
  ReaderHandle(ComponentParts parts, PluginObject reader, std::shared_ptr<const Schema> schema);
  ReadResult read(int64_t timeout_us, Batch& rows);

 private:
  ComponentParts parts_;
  PluginObject reader_;
  std::shared_ptr<const Schema> schema_;
};

/// A source of a pipeline.
class SourceHandle {
 public:
  explicit SourceHandle(ComponentParts parts);

  const Schema& schema() const { return schema_; }
  bool replayable() const { return (parts_.type->flags & MR_SOURCE_NOT_REPLAYABLE) == 0; }
  bool has_payloads() const { return (parts_.type->flags & MR_SOURCE_PAYLOADS) != 0; }
  /// Whether it tells of new input by itself.
  bool announces() const { return (parts_.type->flags & MR_SOURCE_ANNOUNCES) != 0; }
  std::string latest(const std::string& position);
  /// Of what is at hand, without waiting; a source that knows nothing of that is asked for
  /// latest().
  std::string arrived(const std::string& position);
  SourcePlan plan(const std::string& position, const std::string& target, bool without_limit);
  /// How much an epoch may take from now on, in what ranges count; 0: what the source's own limits
  /// allow. False: it cannot be told.
  bool limit(int64_t size);
  void committed(const std::string& position);
  /// A reader of the given columns of schema(), in that order.
  ReaderHandle open(const SourceRange& range, const std::vector<int32_t>& columns);

 private:
  const mr_source& functions() const { return parts_.functions<mr_source>(); }

  ComponentParts parts_;
  PluginObject self_;
  Schema schema_;
};

}  // namespace millrace

#pragma once
// The progress of one epoch: everything of Spark's StreamingQueryProgress, and ours beside it. The
// engine fills one per epoch; metrics, `--json`, the API and the progress line are all made from
// it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::observe {

/// How long the parts of an epoch took, in microseconds. The last column is Spark's name.
struct PhaseDurations {
  int64_t latest_offset_us = 0;  ///< Asking sources for the end of the input.    latestOffset
  int64_t get_batch_us = 0;      ///< Fixing the ranges that the epoch reads.     getBatch
  int64_t plan_us = 0;           ///< Planning.                                   queryPlanning
  int64_t wal_commit_us = 0;     ///< Making the plan record durable.             walCommit
  int64_t process_us = 0;        ///< Read, decode, transform, write.             addBatch
  int64_t state_commit_us = 0;   ///< Making state durable.                       (ours)
  int64_t sink_commit_us = 0;    ///< Sinks prepare and commit.                   (ours)
  int64_t offset_commit_us = 0;  ///< Making the commit record durable.           commitOffsets
  int64_t total_us = 0;          ///< From trigger to commit.                     triggerExecution
};

/// Event times seen in this epoch. Absent where no row carried one or no watermark is declared.
struct EventTimes {
  std::optional<int64_t> min_us;
  std::optional<int64_t> max_us;
  std::optional<int64_t> average_us;
  std::optional<int64_t> watermark_us;  ///< The one in force while the epoch ran.
};

/// One partition of a source, after the epoch. Only for partitions that live as long as the source,
/// as Kafka's do: each becomes a metric series (so none for the files of a watched directory).
struct PartitionProgress {
  std::string topic;
  std::string partition;
  int64_t committed_offset = 0;  ///< Where the next epoch starts.
  int64_t latest_offset = 0;     ///< End of the partition as last seen.
  bool idle = false;             ///< Does not hold back the watermark.
  std::optional<int64_t> watermark_us;
  int64_t lost_records = 0;  ///< In this epoch: skipped, as their offsets were gone.
};

struct SourceProgress {
  std::string component;
  std::string description;
  std::string start_offset;   ///< JSON text, embedded as it is; empty = null.
  std::string end_offset;     ///< JSON text.
  std::string latest_offset;  ///< JSON text.
  int64_t num_input_rows = 0;
  int64_t dead_letter_rows = 0;  ///< In this epoch.
  std::vector<PartitionProgress> partitions;
};

struct StateOperatorProgress {
  std::string component;
  std::string operator_name;  ///< Component type, as "sliding_window".
  int64_t num_rows_total = 0;
  int64_t num_rows_updated = 0;
  int64_t num_rows_removed = 0;
  int64_t num_rows_dropped_by_watermark = 0;  ///< Input rows, counted one by one.
  int64_t num_late_rows = 0;                  ///< Dropped, partly dropped or sent to `.late`.
  int64_t num_late_groups = 0;                ///< The same as Spark counts it: groups once a round.
  int64_t memory_used_bytes = 0;
  int64_t all_updates_us = 0;
  int64_t all_removals_us = 0;
  int64_t commit_us = 0;
  int64_t num_shards = 0;
};

struct SinkProgress {
  std::string component;
  std::string description;
  int64_t num_output_rows = 0;
  std::optional<int64_t> commit_us = std::nullopt;  ///< Of sinks that take part in the commit.
};

/// Watermark and event times of one component that declares or uses a watermark.
struct ComponentEventTimes {
  std::string component;
  EventTimes times;
};

struct CheckpointProgress {
  int64_t size_bytes = 0;       ///< Of what this epoch added and what it depends on.
  int64_t retained_epochs = 0;  ///< Epochs that a restart could go back to.
};

struct EpochProgress {
  std::string id;      ///< Of the pipeline; lives as long as its checkpoint.
  std::string run_id;  ///< Of this process's run.
  std::string name;
  int64_t timestamp_us = 0;  ///< When the trigger fired.
  int64_t epoch = 0;         ///< Spark's batchId.
  std::string trigger;  ///< "default", "processing_time", "once", "available_now", "continuous".
  bool is_no_data = false;  ///< Ran only because the watermark moved.
  int64_t num_rounds = 1;   ///< How many rounds it took; more than one in a continuous pipeline.
  int64_t num_input_rows = 0;
  std::optional<double> input_rows_per_second;      ///< Absent for the first epoch.
  std::optional<double> processed_rows_per_second;  ///< Absent when no time passed.
  PhaseDurations phases;
  EventTimes event_time;
  std::vector<ComponentEventTimes> event_times;
  std::vector<StateOperatorProgress> state_operators;
  std::vector<SourceProgress> sources;
  std::vector<SinkProgress> sinks;
  CheckpointProgress checkpoint;
};

/// One line of JSON without the line end.
std::string to_json_line(const EpochProgress& progress);

}  // namespace millrace::observe

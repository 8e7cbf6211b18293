#include "core/observe/families.hpp"

#include <algorithm>
#include <string>

#include "millrace/error.hpp"

namespace millrace::observe {
namespace {

// The words of the table.
constexpr auto counter = FamilyType::counter;
constexpr auto gauge = FamilyType::gauge;
constexpr auto histogram = FamilyType::histogram;
constexpr auto pipeline = FamilyScope::pipeline;
constexpr auto component = FamilyScope::component;
constexpr auto partition = FamilyScope::partition;
constexpr std::span<const double> seconds = duration_bounds;
constexpr std::span<const double> records = record_bounds;
constexpr std::span<const double> lateness = lateness_bounds;

// clang-format off
constexpr Family table[] = {
// Process and pipeline.
{"millrace_build_info", gauge, pipeline, "version,revision,compiler,sdk_abi", "Build of this binary; the value is always 1."},
{"millrace_plugin_info", gauge, pipeline, "plugin,plugin_version,sdk_abi,path", "One series per loaded plugin; the value is always 1."},
{"millrace_pipeline_info", gauge, pipeline, "pipeline_id,run_id,trigger,config_hash", "Identity of the running pipeline; the only metric that carries the run id."},
{"millrace_pipeline_state", gauge, pipeline, "state", "1 for the state the pipeline is in, 0 for the others (starting, running, idle, stopping, finished, failed)."},
{"millrace_pipeline_start_time_seconds", gauge, pipeline, "", "Unix time at which the pipeline started."},
{"millrace_log_messages_total", counter, pipeline, "level", "Log lines written, by level."},
// Epochs and triggers.
{"millrace_epochs_total", counter, pipeline, "result", "Epochs finished, by result: committed, empty (committed without input), failed."},
{"millrace_rounds_total", counter, pipeline, "", "Rounds of committed epochs; in a continuous pipeline an epoch has many."},
{"millrace_epoch_id", gauge, pipeline, "", "Number of the last committed epoch; -1 before the first."},
{"millrace_epoch_start_time_seconds", gauge, pipeline, "", "Unix time at which the running epoch started; 0 when none is running."},
{"millrace_epoch_last_commit_time_seconds", gauge, pipeline, "", "Unix time of the last committed epoch; 0 before the first."},
{"millrace_epoch_duration_seconds", histogram, pipeline, "", "Time from trigger to commit of an epoch.", seconds},
{"millrace_epoch_phase_duration_seconds", histogram, pipeline, "phase", "Time an epoch spent in each phase (latest_offset, get_batch, plan, wal_commit, process, state_commit, sink_commit, offset_commit).", seconds},
{"millrace_epoch_input_records", histogram, pipeline, "", "Input records per committed epoch.", records},
{"millrace_trigger_interval_seconds", gauge, pipeline, "", "Configured trigger interval; 0 when the next epoch starts at once."},
{"millrace_trigger_delays_total", counter, pipeline, "", "Epochs that started after their scheduled time because the previous one was still running."},
// Flow through components.
{"millrace_component_received_records_total", counter, component, "", "Records received by a component; for a source, records read."},
{"millrace_component_received_bytes_total", counter, component, "", "Bytes received by a component."},
{"millrace_component_sent_records_total", counter, component, "output", "Records sent by a component, by output; for a sink, records the destination accepted."},
{"millrace_component_sent_bytes_total", counter, component, "output", "Bytes sent by a component, by output."},
{"millrace_component_stuck_seconds", gauge, component, "", "For how long a call into the component's plugin has not come back, once that is longer than stuck_after; 0 otherwise."},
{"millrace_component_discarded_records_total", counter, component, "reason,intentional", "Records a component did not pass on, by reason (filter, late, decode_error, refused)."},
{"millrace_component_errors_total", counter, component, "error_type,stage", "Errors in a component, by who has to act (internal, user, data, external) and stage (read, decode, process, write, commit)."},
{"millrace_component_batch_duration_seconds", histogram, component, "", "Time a component took for one batch of records, without what others did with it.", seconds},
// Sources.
{"millrace_source_lag_records", gauge, partition, "", "Records between the last committed position and the end of the partition."},
{"millrace_source_committed_offset", gauge, partition, "", "Offset at which the next epoch starts."},
{"millrace_source_latest_offset", gauge, partition, "", "End offset of the partition as last seen."},
{"millrace_source_partition_idle", gauge, partition, "", "1 when the partition is idle and does not hold back the watermark, else 0."},
{"millrace_source_lost_records_total", counter, partition, "", "Records skipped because their offsets were no longer in the source (fail_on_data_loss = false)."},
// Event time.
{"millrace_watermark_time_seconds", gauge, component, "", "Watermark of a component as Unix time."},
{"millrace_partition_watermark_time_seconds", gauge, partition, "", "Watermark of one input partition as Unix time; the smallest one that is not idle holds the pipeline back."},
{"millrace_event_time_max_seconds", gauge, component, "", "Largest event time in the last epoch that had one, as Unix time."},
{"millrace_event_time_min_seconds", gauge, component, "", "Smallest event time in the last epoch that had one, as Unix time."},
{"millrace_late_records_total", counter, component, "disposition", "Input records older than the watermark, counted one by one before any aggregation: dropped, partly_dropped (some of the record's windows were still open) or side_output."},
{"millrace_record_lateness_seconds", histogram, component, "", "How far a record was behind the largest event time that its task had seen.", lateness},
// State.
{"millrace_state_rows", gauge, component, "", "Keys (or key and window pairs) in state."},
{"millrace_state_bytes", gauge, component, "", "Memory held by state."},
{"millrace_state_rows_updated_total", counter, component, "", "State rows written."},
{"millrace_state_rows_removed_total", counter, component, "", "State rows removed."},
// Checkpoints.
{"millrace_checkpoints_total", counter, pipeline, "result", "Checkpoints by result (completed, failed)."},
{"millrace_checkpoint_duration_seconds", histogram, pipeline, "", "Time to make an epoch durable: plan record, state and commit record.", seconds},
{"millrace_checkpoint_size_bytes", gauge, pipeline, "", "Size of the last checkpoint on disk."},
{"millrace_checkpoint_last_success_time_seconds", gauge, pipeline, "", "Unix time of the last completed checkpoint; 0 before the first."},
{"millrace_checkpoint_retained_epochs", gauge, pipeline, "", "Epochs that the checkpoint still holds."},
{"millrace_recovery_duration_seconds", gauge, pipeline, "", "Time the last start took to restore state; 0 when there was none."},
// Memory, where there is a limit.
{"millrace_memory_limit_bytes", gauge, pipeline, "", "What the process may hold (memory_limit)."},
{"millrace_memory_peak_bytes", gauge, pipeline, "", "The most that the process held in the last epoch."},
{"millrace_source_limit", gauge, component, "", "How much an epoch takes of the source at most so that memory_limit holds, in offsets or bytes."},
// Sinks and rejected records.
{"millrace_sink_write_duration_seconds", histogram, component, "", "Time of one write to the destination, or of closing an epoch's part of it.", seconds},
{"millrace_sink_commit_duration_seconds", histogram, component, "", "Time of the epoch commit in a sink.", seconds},
{"millrace_sink_retries_total", counter, component, "", "Attempts to write that were made again."},
{"millrace_sink_dead_letter_records_total", counter, component, "", "Records that a component sent to its dead letter output."},
// Own HTTP server.
{"millrace_http_requests_total", counter, pipeline, "handler,code", "HTTP requests answered."},
};
// clang-format on

}  // namespace

std::span<const Family> families() { return table; }

const Family& family(std::string_view name) {
  const auto* row = std::ranges::find(table, name, &Family::name);
  if (row == std::end(table)) {
    throw Error::internal("core/observe/families.cpp has no metric `" + std::string(name) + "`");
  }
  return *row;
}

}  // namespace millrace::observe

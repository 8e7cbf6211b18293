#include "core/observe/epoch_progress.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "core/observe/number_text.hpp"

namespace millrace::observe {
namespace {

// Keeps the order in which Spark writes the fields.
using Json = nlohmann::ordered_json;

int64_t milliseconds(int64_t duration_us) { return duration_us / 1000; }

Json time_or_null(const std::optional<int64_t>& time_us) {
  return time_us ? Json(to_iso_time(*time_us)) : Json();
}

/// JSON has no infinity and no NaN.
Json rate_or_null(const std::optional<double>& rate) {
  return rate && std::isfinite(*rate) ? Json(*rate) : Json();
}

/// Offsets are JSON text of their source. Text that is not JSON is passed on as a string.
Json offsets(const std::string& text) {
  if (text.empty()) return {};
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_discarded() ? Json(text) : parsed;
}

Json durations(const PhaseDurations& phases) {
  return {{"addBatch", milliseconds(phases.process_us)},
          {"commitOffsets", milliseconds(phases.offset_commit_us)},
          {"getBatch", milliseconds(phases.get_batch_us)},
          {"latestOffset", milliseconds(phases.latest_offset_us)},
          {"queryPlanning", milliseconds(phases.plan_us)},
          {"sinkCommit", milliseconds(phases.sink_commit_us)},
          {"stateCommit", milliseconds(phases.state_commit_us)},
          {"triggerExecution", milliseconds(phases.total_us)},
          {"walCommit", milliseconds(phases.wal_commit_us)}};
}

Json event_times(const EventTimes& times) {
  return {{"avg", time_or_null(times.average_us)},
          {"max", time_or_null(times.max_us)},
          {"min", time_or_null(times.min_us)},
          {"watermark", time_or_null(times.watermark_us)}};
}

Json state_operator(const StateOperatorProgress& state) {
  return {{"component", state.component},
          {"operatorName", state.operator_name},
          {"numRowsTotal", state.num_rows_total},
          {"numRowsUpdated", state.num_rows_updated},
          {"allUpdatesTimeMs", milliseconds(state.all_updates_us)},
          {"numRowsRemoved", state.num_rows_removed},
          {"allRemovalsTimeMs", milliseconds(state.all_removals_us)},
          {"commitTimeMs", milliseconds(state.commit_us)},
          {"memoryUsedBytes", state.memory_used_bytes},
          {"numRowsDroppedByWatermark", state.num_rows_dropped_by_watermark},
          {"numLateRows", state.num_late_rows},
          {"numLateGroups", state.num_late_groups},
          {"numShufflePartitions", state.num_shards},
          {"numStateStoreInstances", state.num_shards}};
}

Json partition(const PartitionProgress& part) {
  return {{"topic", part.topic},
          {"partition", part.partition},
          {"committedOffset", part.committed_offset},
          {"latestOffset", part.latest_offset},
          {"idle", part.idle},
          {"watermark", time_or_null(part.watermark_us)},
          {"lostRecords", part.lost_records}};
}

Json source(const SourceProgress& progress, const EpochProgress& epoch) {
  const auto share = [&](const std::optional<double>& rate) {
    if (!rate || epoch.num_input_rows == 0) return rate;
    return std::optional(*rate * static_cast<double>(progress.num_input_rows) /
                         static_cast<double>(epoch.num_input_rows));
  };
  Json partitions = Json::array();
  for (const auto& part : progress.partitions) partitions.push_back(partition(part));
  return {{"component", progress.component},
          {"description", progress.description},
          {"startOffset", offsets(progress.start_offset)},
          {"endOffset", offsets(progress.end_offset)},
          {"latestOffset", offsets(progress.latest_offset)},
          {"numInputRows", progress.num_input_rows},
          {"inputRowsPerSecond", rate_or_null(share(epoch.input_rows_per_second))},
          {"processedRowsPerSecond", rate_or_null(share(epoch.processed_rows_per_second))},
          {"numDeadLetterRows", progress.dead_letter_rows},
          {"partitions", std::move(partitions)}};
}

Json sink(const SinkProgress& progress) {
  return {{"component", progress.component},
          {"description", progress.description},
          {"numOutputRows", progress.num_output_rows},
          {"commitTimeMs", milliseconds(progress.commit_us.value_or(0))}};
}

/// Spark's `sink` is one object. With several sinks it sums them; `sinks` has each.
Json all_sinks(const std::vector<SinkProgress>& sinks) {
  if (sinks.empty()) return {};
  std::string description = sinks.front().description;
  int64_t rows = sinks.front().num_output_rows;
  for (size_t i = 1; i < sinks.size(); ++i) {
    description += ", " + sinks[i].description;
    rows += sinks[i].num_output_rows;
  }
  return {{"description", description}, {"numOutputRows", rows}};
}

}  // namespace

std::string to_json_line(const EpochProgress& progress) {
  Json states = Json::array();
  for (const auto& entry : progress.state_operators) states.push_back(state_operator(entry));
  Json sources = Json::array();
  for (const auto& entry : progress.sources) sources.push_back(source(entry, progress));
  Json sinks = Json::array();
  for (const auto& entry : progress.sinks) sinks.push_back(sink(entry));
  Json times = Json::object();
  for (const auto& entry : progress.event_times) times[entry.component] = event_times(entry.times);
  const Json line = {{"id", progress.id},
                     {"runId", progress.run_id},
                     {"name", progress.name},
                     {"timestamp", to_iso_time(progress.timestamp_us)},
                     {"batchId", progress.epoch},
                     {"batchDuration", milliseconds(progress.phases.total_us)},
                     {"trigger", progress.trigger},
                     {"isNoData", progress.is_no_data},
                     {"numRounds", progress.num_rounds},
                     {"numInputRows", progress.num_input_rows},
                     {"inputRowsPerSecond", rate_or_null(progress.input_rows_per_second)},
                     {"processedRowsPerSecond", rate_or_null(progress.processed_rows_per_second)},
                     {"durationMs", durations(progress.phases)},
                     {"eventTime", event_times(progress.event_time)},
                     {"eventTimes", std::move(times)},
                     {"stateOperators", std::move(states)},
                     {"sources", std::move(sources)},
                     {"sink", all_sinks(progress.sinks)},
                     {"sinks", std::move(sinks)},
                     {"checkpoint",
                      {{"sizeBytes", progress.checkpoint.size_bytes},
                       {"retainedEpochs", progress.checkpoint.retained_epochs}}}};
  // A name may hold bytes that are not UTF-8; a progress line must not fail for that.
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace millrace::observe

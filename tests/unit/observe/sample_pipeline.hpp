#pragma once
// A pipeline with one component of each kind and the progress of an epoch in it.

#include "core/observe/metrics.hpp"

namespace millrace::observe {

inline constexpr int64_t sample_time_us = 1'795'351'231'250'000;  // 2026-11-22T12:40:31.250Z

inline PipelineIdentity sample_pipeline() {
  return {.name = "wordcount",
          .id = "pipeline-id",
          .run_id = "run-id",
          .trigger = "processing_time",
          .config_hash = "c0ffee",
          .trigger_interval_us = 5'000'000};
}

inline const ComponentIdentity sample_source = {"clicks", ComponentKind::source, "kafka", false,
                                                false};
inline const ComponentIdentity sample_window = {"counts", ComponentKind::transform,
                                                "sliding_window", true, true};
inline const ComponentIdentity sample_sink = {"totals", ComponentKind::sink, "console", false,
                                              false};

inline EpochProgress sample_progress() {
  EpochProgress progress;
  progress.id = "pipeline-id";
  progress.run_id = "run-id";
  progress.name = "wordcount";
  progress.timestamp_us = sample_time_us;
  progress.epoch = 7;
  progress.trigger = "processing_time";
  progress.num_input_rows = 200;
  progress.input_rows_per_second = 100.0;
  progress.processed_rows_per_second = 400.0;
  progress.phases = {.latest_offset_us = 1'000,
                     .get_batch_us = 2'000,
                     .plan_us = 3'000,
                     .wal_commit_us = 4'000,
                     .process_us = 400'000,
                     .state_commit_us = 5'000,
                     .sink_commit_us = 6'000,
                     .offset_commit_us = 7'000,
                     .total_us = 500'000};
  const EventTimes times = {.min_us = sample_time_us - 60'000'000,
                            .max_us = sample_time_us,
                            .average_us = sample_time_us - 30'000'000,
                            .watermark_us = sample_time_us - 600'000'000};
  progress.event_time = times;
  progress.event_times = {{"counts", times}};
  progress.state_operators = {{.component = "counts",
                               .operator_name = "sliding_window",
                               .num_rows_total = 50,
                               .num_rows_updated = 20,
                               .num_rows_removed = 5,
                               .num_rows_dropped_by_watermark = 3,
                               .num_late_rows = 4,
                               .num_late_groups = 2,
                               .memory_used_bytes = 4096,
                               .all_updates_us = 8'000,
                               .all_removals_us = 9'000,
                               .commit_us = 10'000,
                               .num_shards = 16}};
  progress.sources = {{.component = "clicks",
                       .description = "kafka[clicks]",
                       .start_offset = R"({"clicks":{"0":100}})",
                       .end_offset = R"({"clicks":{"0":300}})",
                       .latest_offset = R"({"clicks":{"0":350}})",
                       .num_input_rows = 200,
                       .dead_letter_rows = 2,
                       .partitions = {{.topic = "clicks",
                                       .partition = "0",
                                       .committed_offset = 300,
                                       .latest_offset = 350,
                                       .idle = false,
                                       .watermark_us = sample_time_us - 600'000'000,
                                       .lost_records = 1}}}};
  progress.sinks = {{.component = "totals",
                     .description = "console",
                     .num_output_rows = 12,
                     .commit_us = 11'000}};
  progress.checkpoint = {.size_bytes = 9000, .retained_epochs = 8};
  return progress;
}

/// Makes the components and everything else that a running pipeline reports once.
inline void start_sample(Metrics& metrics) {
  metrics.build({"0.1.0", "abcdef", "g++ 12", "1.0"});
  metrics.plugin({"kafka", "0.1.0", "1.0", "/usr/lib/millrace/plugins/kafka.so"});
  metrics.started(sample_time_us);
  metrics.log_counters();
  for (const auto& identity : {sample_source, sample_window, sample_sink}) {
    metrics.component(identity);
  }
  metrics.memory_limit(1U << 30U);
  metrics.memory_peak(1U << 29U);
  metrics.source_limit(sample_source.id, 65'536);
}

}  // namespace millrace::observe

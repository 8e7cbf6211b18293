#include "core/engine/progress_report.hpp"

#include <algorithm>

namespace millrace {
namespace {

observe::ComponentKind observed_kind(ComponentKind kind) {
  if (kind == ComponentKind::source || kind == ComponentKind::table)
    return observe::ComponentKind::source;
  return kind == ComponentKind::sink ? observe::ComponentKind::sink
                                     : observe::ComponentKind::transform;
}

observe::EventTimes event_times(const NodeCounts& counts) {
  observe::EventTimes times;
  if (counts.event_time_rows == 0) return times;
  times.min_us = counts.event_time_min;
  times.max_us = counts.event_time_max;
  times.average_us =
      static_cast<int64_t>(counts.event_time_sum / static_cast<double>(counts.event_time_rows));
  return times;
}

double as_count(int64_t rows) { return static_cast<double>(rows); }

// Rows that left by the main output, whichever modes it serves.
int64_t main_rows(const NodeCounts& counts) {
  return counts.sent(OutputPort::rows) + counts.sent(OutputPort::changed) +
         counts.sent(OutputPort::final) + counts.sent(OutputPort::all);
}

observe::ComponentIdentity identity_of(const PlannedNode& node) {
  return {node.name, observed_kind(node.kind), node.type, node.keyed(), node.watermark.has_value()};
}

}  // namespace

void announce_components(const Plan& plan, observe::Metrics& metrics) {
  for (const auto& node : plan.nodes) metrics.component(identity_of(node));
}

std::string trigger_name(const Config& config) { return std::string(name_of(config.trigger.kind)); }

ProgressReport::ProgressReport(const Plan& plan, const CheckpointFormat& format, std::string run_id,
                               observe::Metrics& metrics)
    : plan_(plan), job_id_(format.job_id), run_id_(std::move(run_id)) {
  for (const auto& node : plan.nodes) metrics_.push_back(metrics.component(identity_of(node)));
}

observe::EpochProgress ProgressReport::make(const EpochOutcome& outcome,
                                            const WatermarkTracker& watermarks,
                                            const Checkpoint& checkpoint) {
  observe::EpochProgress progress;
  progress.id = job_id_;
  progress.run_id = run_id_;
  progress.name = plan_.config.name;
  progress.timestamp_us = outcome.started_us;
  progress.epoch = static_cast<int64_t>(outcome.plan.epoch);
  progress.trigger = trigger_name(plan_.config);
  progress.num_rounds = outcome.result.rounds;
  progress.is_no_data = !outcome.plan.has_data;
  progress.phases = outcome.phases;
  add_sources(outcome, watermarks, progress);
  add_states(outcome, progress);
  add_event_times(outcome, watermarks, progress);
  add_sinks(outcome, progress);
  if (last_started_us_ && outcome.started_us > *last_started_us_)
    progress.input_rows_per_second =
        as_count(progress.num_input_rows) * 1e6 / as_count(outcome.started_us - *last_started_us_);
  if (outcome.phases.total_us > 0)
    progress.processed_rows_per_second =
        as_count(progress.num_input_rows) * 1e6 / as_count(outcome.phases.total_us);
  last_started_us_ = outcome.started_us;
  progress.checkpoint.size_bytes = static_cast<int64_t>(checkpoint.total_bytes());
  progress.checkpoint.retained_epochs =
      checkpoint.durable() ? std::min(plan_.config.retain_epochs, progress.epoch + 1) : 0;
  count_components(outcome);
  return progress;
}

void ProgressReport::add_sources(const EpochOutcome& outcome, const WatermarkTracker& watermarks,
                                 observe::EpochProgress& progress) const {
  for (size_t i = 0; i < plan_.nodes.size(); ++i) {
    const auto& node = plan_.nodes[i];
    if (!node.source) continue;
    const auto& counts = outcome.result.counts[i];
    observe::SourceProgress source;
    source.component = node.name;
    source.description = node.type;
    source.num_input_rows = counts.received_rows;
    source.dead_letter_rows = counts.sent(OutputPort::dead_letter);
    progress.num_input_rows += counts.received_rows;
    if (const auto planned = outcome.plan.sources.find(node.name);
        planned != outcome.plan.sources.end()) {
      source.start_offset = planned->second.start_position;
      source.end_offset = planned->second.end_position;
      source.latest_offset = source.end_offset;
    }
    for (const auto& input : outcome.inputs) {
      if (input.node != i) continue;
      source.latest_offset = input.target;
      for (const auto& each : input.plan.partitions) {
        observe::PartitionProgress partition{
            each.topic, std::to_string(each.index), each.next, each.latest, false, std::nullopt, 0};
        if (node.watermark) {
          const auto& times = watermarks.partitions(*node.watermark);
          if (const auto time = times.find(each.partition); time != times.end()) {
            partition.idle = time->second.idle;
            if (time->second.max)
              partition.watermark_us =
                  *time->second.max - plan_.watermarks[*node.watermark].delay_us;
          }
        }
        for (const auto& [name, records] : input.plan.lost)
          if (name == each.partition) partition.lost_records += records;
        source.partitions.push_back(std::move(partition));
      }
    }
    progress.sources.push_back(std::move(source));
  }
}

void ProgressReport::add_sinks(const EpochOutcome& outcome,
                               observe::EpochProgress& progress) const {
  for (size_t i = 0; i < plan_.nodes.size(); ++i) {
    const auto& node = plan_.nodes[i];
    if (!node.sink) continue;
    const auto& counts = outcome.result.counts[i];
    observe::SinkProgress sink{node.name, node.type, counts.sent(OutputPort::rows), std::nullopt};
    if (const auto took = outcome.sink_commit_us.find(node.name);
        took != outcome.sink_commit_us.end())
      sink.commit_us = took->second;
    progress.sinks.push_back(std::move(sink));
  }
}

void ProgressReport::add_states(const EpochOutcome& outcome,
                                observe::EpochProgress& progress) const {
  // Spark lists the most downstream operator first.
  for (size_t i = plan_.nodes.size(); i-- > 0;) {
    const auto& node = plan_.nodes[i];
    if (!node.keyed()) continue;
    const auto& counts = outcome.result.counts[i];
    observe::StateOperatorProgress state;
    state.component = node.name;
    state.operator_name = node.type;
    state.num_rows_total = counts.state_rows;
    state.num_rows_updated = counts.state_updated;
    state.num_rows_removed = counts.state_removed;
    state.num_rows_dropped_by_watermark = counts.late_dropped;
    state.num_late_rows = counts.late_dropped + counts.late_partly;
    state.num_late_groups = counts.late_groups;
    state.memory_used_bytes = counts.state_bytes;
    state.num_shards = outcome.plan.shards;
    progress.state_operators.push_back(state);
  }
}

void ProgressReport::add_event_times(const EpochOutcome& outcome,
                                     const WatermarkTracker& watermarks,
                                     observe::EpochProgress& progress) const {
  NodeCounts all;
  for (size_t i = 0; i < plan_.nodes.size(); ++i) {
    const auto& node = plan_.nodes[i];
    const auto& counts = outcome.result.counts[i];
    if (node.watermark) {
      auto times = event_times(counts);
      times.watermark_us = watermarks.declared(*node.watermark);
      progress.event_times.push_back({node.name, times});
      all.add(counts);
    } else if (const auto used = outcome.plan.watermarks.find(node.name);
               used != outcome.plan.watermarks.end()) {
      observe::EventTimes times;
      times.watermark_us = used->second.watermark_us;
      progress.event_times.push_back({node.name, times});
    }
  }
  progress.event_time = event_times(all);
  progress.event_time.watermark_us = outcome.watermark_us;
}

void ProgressReport::count_components(const EpochOutcome& outcome) {
  for (size_t i = 0; i < plan_.nodes.size(); ++i) {
    const auto& node = plan_.nodes[i];
    const auto& counts = outcome.result.counts[i];
    auto& metrics = metrics_[i];
    metrics.received_records.add(as_count(counts.received_rows));
    metrics.received_bytes.add(as_count(counts.received_bytes));
    metrics.sent.sent_records.add(as_count(main_rows(counts)));
    metrics.sent.sent_bytes.add(as_count(counts.sent_bytes));
    metrics.sent_late.sent_records.add(as_count(counts.sent(OutputPort::late)));
    metrics.sent_dead_letter.sent_records.add(as_count(counts.sent(OutputPort::dead_letter)));
    metrics.batch_duration.merge(counts.batch_seconds);
    metrics.write_duration.merge(counts.write_seconds);
    metrics.lateness.merge(counts.lateness);
    metrics.decode_errors.add(as_count(counts.rejected_rows));
    metrics.filtered_records.add(as_count(counts.filtered_rows));
    metrics.late_dropped.add(as_count(counts.late_dropped));
    metrics.late_partly_dropped.add(as_count(counts.late_partly));
    metrics.late_side_output.add(as_count(counts.sent(OutputPort::late)));
    if (!node.reads(OutputPort::late))
      metrics.late_discarded_records.add(as_count(counts.late_dropped));
    if (node.sink && node.sink->on_error == OnError::drop)
      metrics.refused_records.add(as_count(counts.rejected_rows));
    else if (node.sink || (node.source && node.source->on_error == OnError::dead_letter))
      metrics.dead_letter_records.add(as_count(counts.rejected_rows));
    else
      metrics.undecodable_records.add(as_count(counts.rejected_rows));
  }
}

}  // namespace millrace

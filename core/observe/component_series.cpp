#include "core/observe/component_series.hpp"

namespace millrace::observe {
namespace {

constexpr double microseconds = 1e-6;

double seconds(int64_t time_us) { return static_cast<double>(time_us) * microseconds; }

std::string name_of(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::source:
      return "source";
    case ComponentKind::transform:
      return "transform";
    case ComponentKind::sink:
      return "sink";
  }
  throw Error::internal("a component kind without a name");
}

std::string name_of(ErrorStage stage) {
  switch (stage) {
    case ErrorStage::read:
      return "read";
    case ErrorStage::decode:
      return "decode";
    case ErrorStage::process:
      return "process";
    case ErrorStage::write:
      return "write";
    case ErrorStage::commit:
      return "commit";
  }
  throw Error::internal("an error stage without a name");
}

std::string name_of(Blame blame) {
  switch (blame) {
    case Blame::internal:
      return "internal";
    case Blame::user:
      return "user";
    case Blame::data:
      return "data";
    case Blame::external:
      return "external";
  }
  throw Error::internal("a blame without a name");
}

}  // namespace

ComponentSeries::ComponentSeries(FamilySet& families, ComponentIdentity identity)
    : families_(families),
      identity_(std::move(identity)),
      labels_{{"component_id", identity_.id},
              {"component_kind", name_of(identity_.kind)},
              {"component_type", identity_.type}} {
  add_flow();
  if (identity_.stateful) add_stateful();
  if (identity_.declares_watermark) add_watermark();
  if (identity_.kind == ComponentKind::sink) add_sink();
}

Labels ComponentSeries::with(std::initializer_list<Labels::value_type> more) const {
  Labels all = labels_;
  all.insert(more);
  return all;
}

OutputMetrics ComponentSeries::output(const std::string& name) {
  const Labels labels = with({{"output", name}});
  return {families_.counter("millrace_component_sent_records_total", labels),
          families_.counter("millrace_component_sent_bytes_total", labels)};
}

void ComponentSeries::add_flow() {
  auto discarded = [this](const char* reason, const char* intentional) {
    return families_.counter("millrace_component_discarded_records_total",
                             with({{"reason", reason}, {"intentional", intentional}}));
  };
  stuck_ = families_.gauge("millrace_component_stuck_seconds", labels_);
  ComponentMetrics& handles = per_batch_;
  handles.received_records =
      families_.counter("millrace_component_received_records_total", labels_);
  handles.received_bytes = families_.counter("millrace_component_received_bytes_total", labels_);
  handles.sent = output("_default");
  handles.batch_duration =
      families_.histogram("millrace_component_batch_duration_seconds", labels_);
  if (identity_.kind == ComponentKind::sink) {
    errors(ErrorStage::write, Blame::external);
    errors(ErrorStage::commit, Blame::external);
    handles.refused_records = discarded("refused", "false");
    return;
  }
  if (identity_.kind == ComponentKind::source) {
    errors(ErrorStage::read, Blame::external);
    handles.decode_errors = errors(ErrorStage::decode, Blame::data);
    handles.undecodable_records = discarded("decode_error", "false");
    handles.dead_letter_records =
        families_.counter("millrace_sink_dead_letter_records_total", labels_);
    handles.sent_dead_letter = output("dead_letter");
  } else {
    errors(ErrorStage::process, Blame::data);
    handles.filtered_records = discarded("filter", "true");
  }
}

void ComponentSeries::add_stateful() {
  auto late = [this](const char* disposition) {
    return families_.counter("millrace_late_records_total", with({{"disposition", disposition}}));
  };
  per_batch_.late_dropped = late("dropped");
  per_batch_.late_partly_dropped = late("partly_dropped");
  per_batch_.late_side_output = late("side_output");
  per_batch_.late_discarded_records =
      families_.counter("millrace_component_discarded_records_total",
                        with({{"reason", "late"}, {"intentional", "false"}}));
  per_batch_.sent_late = output("late");
  state_rows_ = families_.gauge("millrace_state_rows", labels_);
  state_bytes_ = families_.gauge("millrace_state_bytes", labels_);
  state_rows_updated_ = families_.counter("millrace_state_rows_updated_total", labels_);
  state_rows_removed_ = families_.counter("millrace_state_rows_removed_total", labels_);
}

void ComponentSeries::add_watermark() {
  per_batch_.lateness = families_.histogram("millrace_record_lateness_seconds", labels_);
}

void ComponentSeries::add_sink() {
  per_batch_.write_duration = families_.histogram("millrace_sink_write_duration_seconds", labels_);
  commit_duration_ = families_.histogram("millrace_sink_commit_duration_seconds", labels_);
  per_batch_.retries = families_.counter("millrace_sink_retries_total", labels_);
  per_batch_.dead_letter_records =
      families_.counter("millrace_sink_dead_letter_records_total", labels_);
  per_batch_.sent_dead_letter = output("dead_letter");
}

Counter ComponentSeries::errors(ErrorStage stage, Blame blame) {
  return families_.counter("millrace_component_errors_total",
                           with({{"stage", name_of(stage)}, {"error_type", name_of(blame)}}));
}

void ComponentSeries::source(const SourceProgress& progress) {
  for (const PartitionProgress& part : progress.partitions) partition(part);
}

void ComponentSeries::partition(const PartitionProgress& progress) {
  const Labels labels = with({{"topic", progress.topic}, {"partition", progress.partition}});
  auto [entry, is_new] = partitions_.try_emplace({progress.topic, progress.partition});
  PartitionSeries& series = entry->second;
  if (is_new) {
    series = {families_.gauge("millrace_source_lag_records", labels),
              families_.gauge("millrace_source_committed_offset", labels),
              families_.gauge("millrace_source_latest_offset", labels),
              families_.gauge("millrace_source_partition_idle", labels),
              families_.counter("millrace_source_lost_records_total", labels)};
  }
  // The end as last seen may be older than what was read since.
  const int64_t lag = progress.latest_offset - progress.committed_offset;
  series.lag.set(static_cast<double>(lag > 0 ? lag : 0));
  series.committed.set(static_cast<double>(progress.committed_offset));
  series.latest.set(static_cast<double>(progress.latest_offset));
  series.idle.set(progress.idle ? 1 : 0);
  series.lost.add(static_cast<double>(progress.lost_records));
  if (progress.watermark_us) {
    families_.gauge("millrace_partition_watermark_time_seconds", labels)
        .set(seconds(*progress.watermark_us));
  }
}

void ComponentSeries::state(const StateOperatorProgress& progress) {
  state_rows_.set(static_cast<double>(progress.num_rows_total));
  state_bytes_.set(static_cast<double>(progress.memory_used_bytes));
  state_rows_updated_.add(static_cast<double>(progress.num_rows_updated));
  state_rows_removed_.add(static_cast<double>(progress.num_rows_removed));
}

void ComponentSeries::sink(const SinkProgress& progress) {
  if (progress.commit_us) commit_duration_.observe(seconds(*progress.commit_us));
}

void ComponentSeries::event_times(const EventTimes& times) {
  auto set = [this](const char* name, const std::optional<int64_t>& time_us) {
    if (time_us) families_.gauge(name, labels_).set(seconds(*time_us));
  };
  set("millrace_watermark_time_seconds", times.watermark_us);
  set("millrace_event_time_min_seconds", times.min_us);
  set("millrace_event_time_max_seconds", times.max_us);
}

}  // namespace millrace::observe

#include "core/observe/metrics.hpp"

#include <map>
#include <mutex>
#include <sstream>

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "core/observe/component_series.hpp"
#include "core/observe/family_set.hpp"
#include "core/observe/plugin_families.hpp"
#include "core/observe/process_collector.hpp"

namespace millrace::observe {
namespace {

constexpr std::array pipeline_states = {PipelineState::starting, PipelineState::running,
                                        PipelineState::idle,     PipelineState::stopping,
                                        PipelineState::finished, PipelineState::failed};

double seconds(int64_t time_us) { return static_cast<double>(time_us) * 1e-6; }

struct PhaseHistograms {
  Histogram histogram;
  int64_t PhaseDurations::*duration_us;
};

}  // namespace

class Metrics::Implementation {
 public:
  explicit Implementation(const PipelineIdentity& pipeline);

  void publish(const EpochProgress& progress, int64_t now_us);
  ComponentSeries& series_of(std::string_view component);

  prometheus::Registry registry;
  FamilySet families;
  PluginFamilies plugins;
  ProcessCollector process;

  std::array<Gauge, pipeline_states.size()> states;
  Counter committed, empty, failed;
  Gauge epoch_id, epoch_start, last_commit;
  Histogram epoch_duration, epoch_input;
  std::array<PhaseHistograms, 8> phases;
  Counter rounds, trigger_delays;
  Counter checkpoints_completed, checkpoints_failed;
  Histogram checkpoint_duration;
  Gauge checkpoint_size, checkpoint_last_success, checkpoint_retained;
  Gauge recovery_duration;

  std::mutex mutex;  // Guards the map; components are never removed.
  std::map<std::string, ComponentSeries, std::less<>> components;

 private:
  void add_info(const PipelineIdentity& pipeline);
  void add_phases();
};

Metrics::Implementation::Implementation(const PipelineIdentity& pipeline)
    : families(registry, pipeline.name), plugins(registry, pipeline.name) {
  add_info(pipeline);
  add_phases();
  const auto epochs = [&](const char* result) {
    return families.counter("millrace_epochs_total", {{"result", result}});
  };
  const auto checkpoints = [&](const char* result) {
    return families.counter("millrace_checkpoints_total", {{"result", result}});
  };
  committed = epochs("committed");
  empty = epochs("empty");
  failed = epochs("failed");
  rounds = families.counter("millrace_rounds_total");
  epoch_id = families.gauge("millrace_epoch_id");
  epoch_id.set(-1);
  epoch_start = families.gauge("millrace_epoch_start_time_seconds");
  last_commit = families.gauge("millrace_epoch_last_commit_time_seconds");
  epoch_duration = families.histogram("millrace_epoch_duration_seconds");
  epoch_input = families.histogram("millrace_epoch_input_records");
  trigger_delays = families.counter("millrace_trigger_delays_total");
  checkpoints_completed = checkpoints("completed");
  checkpoints_failed = checkpoints("failed");
  checkpoint_duration = families.histogram("millrace_checkpoint_duration_seconds");
  checkpoint_size = families.gauge("millrace_checkpoint_size_bytes");
  checkpoint_last_success = families.gauge("millrace_checkpoint_last_success_time_seconds");
  checkpoint_retained = families.gauge("millrace_checkpoint_retained_epochs");
  recovery_duration = families.gauge("millrace_recovery_duration_seconds");
  for (const char* handler : {"metrics", "livez", "readyz", "healthz", "progress"}) {
    families.counter("millrace_http_requests_total", {{"handler", handler}, {"code", "200"}});
  }
}

void Metrics::Implementation::add_info(const PipelineIdentity& pipeline) {
  families
      .gauge("millrace_pipeline_info", {{"pipeline_id", pipeline.id},
                                        {"run_id", pipeline.run_id},
                                        {"trigger", pipeline.trigger},
                                        {"config_hash", pipeline.config_hash}})
      .set(1);
  families.gauge("millrace_trigger_interval_seconds")
      .set(seconds(pipeline.trigger_interval_us.value_or(0)));
  families.gauge("millrace_pipeline_start_time_seconds");
  for (size_t i = 0; i < pipeline_states.size(); ++i) {
    states[i] = families.gauge("millrace_pipeline_state",
                               {{"state", std::string(name_of(pipeline_states[i]))}});
  }
  states[0].set(1);
}

void Metrics::Implementation::add_phases() {
  const auto phase = [&](const char* name, int64_t PhaseDurations::*duration_us) {
    return PhaseHistograms{
        families.histogram("millrace_epoch_phase_duration_seconds", {{"phase", name}}),
        duration_us};
  };
  phases = {phase("latest_offset", &PhaseDurations::latest_offset_us),
            phase("get_batch", &PhaseDurations::get_batch_us),
            phase("plan", &PhaseDurations::plan_us),
            phase("wal_commit", &PhaseDurations::wal_commit_us),
            phase("process", &PhaseDurations::process_us),
            phase("state_commit", &PhaseDurations::state_commit_us),
            phase("sink_commit", &PhaseDurations::sink_commit_us),
            phase("offset_commit", &PhaseDurations::offset_commit_us)};
}

ComponentSeries& Metrics::Implementation::series_of(std::string_view component) {
  const std::lock_guard lock(mutex);
  const auto entry = components.find(component);
  if (entry == components.end()) {
    throw Error::internal("no metrics were made for the component `" + std::string(component) +
                          "`");
  }
  return entry->second;
}

void Metrics::Implementation::publish(const EpochProgress& progress, int64_t now_us) {
  (progress.num_input_rows == 0 ? empty : committed).add();
  rounds.add(static_cast<double>(progress.num_rounds));
  epoch_id.set(static_cast<double>(progress.epoch));
  epoch_start.set(0);
  last_commit.set(seconds(now_us));
  epoch_duration.observe(seconds(progress.phases.total_us));
  epoch_input.observe(static_cast<double>(progress.num_input_rows));
  for (auto& [histogram, duration_us] : phases) {
    histogram.observe(seconds(progress.phases.*duration_us));
  }
  checkpoints_completed.add();
  checkpoint_duration.observe(seconds(progress.phases.wal_commit_us +
                                      progress.phases.state_commit_us +
                                      progress.phases.offset_commit_us));
  checkpoint_size.set(static_cast<double>(progress.checkpoint.size_bytes));
  checkpoint_retained.set(static_cast<double>(progress.checkpoint.retained_epochs));
  checkpoint_last_success.set(seconds(now_us));
  for (const auto& source : progress.sources) series_of(source.component).source(source);
  for (const auto& state : progress.state_operators) series_of(state.component).state(state);
  for (const auto& sink : progress.sinks) series_of(sink.component).sink(sink);
  for (const auto& entry : progress.event_times) {
    series_of(entry.component).event_times(entry.times);
  }
}

Metrics::Metrics(const PipelineIdentity& pipeline)
    : implementation_(std::make_unique<Implementation>(pipeline)) {}

Metrics::~Metrics() = default;

void Metrics::build(const BuildIdentity& build) {
  implementation_->families
      .gauge("millrace_build_info", {{"version", build.version},
                                     {"revision", build.revision},
                                     {"compiler", build.compiler},
                                     {"sdk_abi", build.sdk_abi}})
      .set(1);
}

void Metrics::plugin(const PluginIdentity& plugin) {
  implementation_->families
      .gauge("millrace_plugin_info", {{"plugin", plugin.name},
                                      {"plugin_version", plugin.version},
                                      {"sdk_abi", plugin.sdk_abi},
                                      {"path", plugin.path}})
      .set(1);
}

void Metrics::started(int64_t now_us) {
  implementation_->families.gauge("millrace_pipeline_start_time_seconds").set(seconds(now_us));
}

void Metrics::recovered(int64_t duration_us) {
  implementation_->recovery_duration.set(seconds(duration_us));
}

ComponentMetrics Metrics::component(const ComponentIdentity& identity) {
  Implementation& inside = *implementation_;
  const std::lock_guard lock(inside.mutex);
  const auto [entry, is_new] =
      inside.components.try_emplace(identity.id, inside.families, identity);
  return entry->second.per_batch();
}

void Metrics::set_state(PipelineState state) {
  for (size_t i = 0; i < pipeline_states.size(); ++i) {
    implementation_->states[i].set(pipeline_states[i] == state ? 1 : 0);
  }
}

void Metrics::epoch_started(int64_t now_us) { implementation_->epoch_start.set(seconds(now_us)); }

void Metrics::epoch_failed() {
  implementation_->failed.add();
  implementation_->checkpoints_failed.add();
  implementation_->epoch_start.set(0);
}

void Metrics::memory_limit(uint64_t bytes) {
  implementation_->families.gauge("millrace_memory_limit_bytes").set(static_cast<double>(bytes));
}

void Metrics::memory_peak(uint64_t bytes) {
  implementation_->families.gauge("millrace_memory_peak_bytes").set(static_cast<double>(bytes));
}

void Metrics::source_limit(std::string_view component, int64_t size) {
  implementation_->series_of(component).limit(static_cast<double>(size));
}

void Metrics::trigger_delayed() { implementation_->trigger_delays.add(); }

void Metrics::publish(const EpochProgress& progress, int64_t now_us) {
  implementation_->publish(progress, now_us);
}

void Metrics::component_error(std::string_view component, ErrorStage stage, Blame blame) {
  implementation_->series_of(component).errors(stage, blame).add();
}

void Metrics::component_stuck(std::string_view component, int64_t waited_us) {
  const std::lock_guard lock(implementation_->mutex);
  const auto entry = implementation_->components.find(component);
  // A table has no metrics of its own.
  if (entry != implementation_->components.end()) entry->second.stuck(seconds(waited_us));
}

void Metrics::http_request(std::string_view handler, int status) {
  implementation_->families
      .counter("millrace_http_requests_total",
               {{"handler", std::string(handler)}, {"code", std::to_string(status)}})
      .add();
}

std::array<Counter, log_level_count> Metrics::log_counters() {
  std::array<Counter, log_level_count> counters;
  for (size_t i = 0; i < log_level_count; ++i) {
    counters[i] = implementation_->families.counter(
        "millrace_log_messages_total", {{"level", std::string(name_of(static_cast<LogLevel>(i)))}});
  }
  return counters;
}

PluginMetric Metrics::plugin_metric(std::string_view component, PluginMetricKind kind,
                                    std::string_view name, std::string_view help) {
  const ComponentSeries& series = implementation_->series_of(component);
  return implementation_->plugins.series(series.labels(), kind, name, help);
}

std::string Metrics::expose() const {
  auto collected = implementation_->registry.Collect();
  // A family without series would stand there with its HELP line only.
  std::erase_if(collected, [](const auto& family) { return family.metric.empty(); });
  auto process = implementation_->process.Collect();
  collected.insert(collected.end(), process.begin(), process.end());
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, collected);
  return text.str();
}

}  // namespace millrace::observe

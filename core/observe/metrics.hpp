#pragma once
// All metrics of one running pipeline. Everything that is counted exists from the start at 0;
// points in time exist from the moment they are known.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/error.hpp"

#include "core/observe/component_metrics.hpp"
#include "core/observe/epoch_progress.hpp"
#include "core/observe/health.hpp"
#include "core/observe/instruments.hpp"
#include "core/observe/log.hpp"

namespace millrace::observe {

struct BuildIdentity {
  std::string version;
  std::string revision;
  std::string compiler;
  std::string sdk_abi;
};

struct PluginIdentity {
  std::string name;
  std::string version;
  std::string sdk_abi;
  std::string path;
};

struct PipelineIdentity {
  std::string name;     ///< The label `pipeline` of every series.
  std::string id;       ///< Lives as long as the checkpoint.
  std::string run_id;   ///< Of this run of the process.
  std::string trigger;  ///< As EpochProgress::trigger.
  std::string config_hash;
  std::optional<int64_t> trigger_interval_us;  ///< With processing_time only.
};

enum class PluginMetricKind { counter, gauge, histogram };

/// One series of a plugin's own metric; one of its handles is set.
struct PluginMetric {
  Counter counter;
  Gauge gauge;
  Histogram histogram;

  void record(double value) {
    counter.add(value);
    gauge.set(value);
    histogram.observe(value);
  }
};

class Metrics {
 public:
  explicit Metrics(const PipelineIdentity& pipeline);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // At start.
  void build(const BuildIdentity& build);
  void plugin(const PluginIdentity& plugin);
  void started(int64_t now_us);
  void recovered(int64_t duration_us);

  /// The handles of a component, made on the first call. Known to `publish` by its id.
  ComponentMetrics component(const ComponentIdentity& identity);

  // While running.
  void set_state(PipelineState state);
  void epoch_started(int64_t now_us);
  void epoch_failed();
  void trigger_delayed();
  /// Where the pipeline has a `memory_limit`.
  void memory_limit(uint64_t bytes);
  void memory_peak(uint64_t bytes);
  void source_limit(std::string_view component, int64_t size);
  void publish(const EpochProgress& progress, int64_t now_us);

  /// Errors are rare, so this looks its labels up.
  void component_error(std::string_view component, ErrorStage stage, Blame blame);
  /// 0: it came back.
  void component_stuck(std::string_view component, int64_t waited_us);
  void http_request(std::string_view handler, int status);
  std::array<Counter, log_level_count> log_counters();

  /// A plugin's own metric, `millrace_plugin_<name>`, for a component made before; a counter's name
  /// gets `_total`. Throws Error{internal} for a name that is not a metric name, or that has
  /// another kind already. Plugins come here through PluginMetrics.
  PluginMetric plugin_metric(std::string_view component, PluginMetricKind kind,
                             std::string_view name, std::string_view help);

  /// The whole exposition in Prometheus' text format 0.0.4.
  std::string expose() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace millrace::observe

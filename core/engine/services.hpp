#pragma once
#include <string_view>

#include "core/observe/log.hpp"
#include "core/observe/plugin_metrics.hpp"
#include "core/plugin/host.hpp"
#include "core/system/clock.hpp"
#include "core/system/stop_signal.hpp"
#include "core/system/wake_signal.hpp"

namespace millrace {

/// The engine's services for plugins: its log, its metrics, its clock, its stop signal.
class EngineServices final : public HostServices {
 public:
  EngineServices(const Clock& clock, const StopSignal& stop, observe::Log& log);

  /// Where plugins' metrics go: dropped until they are attached (`millrace check`). Attach after
  /// the pipeline has made its components' metrics.
  observe::PluginMetrics& plugin_metrics() { return plugin_metrics_; }

  void log(std::string_view component, int32_t level, std::string_view message) override;
  uint64_t metric(std::string_view component, int32_t kind, std::string_view name,
                  std::string_view help) override;
  void record(uint64_t metric, double value) override;
  int64_t now_us() override { return clock_.now_us(); }
  bool stop_requested() override { return stop_.requested(); }
  void input_arrived() override { arrivals_.raise(); }

  /// Raised when a source may have more input.
  WakeSignal& arrivals() { return arrivals_; }

 private:
  const Clock& clock_;
  const StopSignal& stop_;
  observe::Log& log_;
  observe::PluginMetrics plugin_metrics_;
  WakeSignal arrivals_;
};

}  // namespace millrace

#include "core/engine/services.hpp"

#include <string>

namespace millrace {

EngineServices::EngineServices(const Clock& clock, const StopSignal& stop, observe::Log& log)
    : clock_(clock), stop_(stop), log_(log), plugin_metrics_(log) {}

void EngineServices::log(std::string_view component, int32_t level, std::string_view message) {
  auto severity = observe::LogLevel::debug;
  if (level == MR_LOG_INFO) severity = observe::LogLevel::info;
  if (level == MR_LOG_WARN) severity = observe::LogLevel::warning;
  if (level == MR_LOG_ERROR) severity = observe::LogLevel::error;
  log_.write(severity, message, {{"component", std::string(component)}});
}

uint64_t EngineServices::metric(std::string_view component, int32_t kind, std::string_view name,
                                std::string_view help) {
  if (kind < MR_COUNTER || kind > MR_HISTOGRAM) return 0;
  return plugin_metrics_.declare(component, static_cast<observe::PluginMetricKind>(kind), name,
                                 help);
}

void EngineServices::record(uint64_t metric, double value) {
  plugin_metrics_.record(metric, value);
}

}  // namespace millrace

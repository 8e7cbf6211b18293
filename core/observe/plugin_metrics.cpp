#include "core/observe/plugin_metrics.hpp"

#include <mutex>

#include "millrace/error.hpp"

namespace millrace::observe {
namespace {

constexpr size_t most_metrics = 1024;

}  // namespace

uint64_t PluginMetrics::declare(std::string_view component, PluginMetricKind kind,
                                std::string_view name, std::string_view help) {
  const std::unique_lock lock(mutex_);
  for (size_t i = 0; i < declared_.size(); ++i) {
    const Declared& known = declared_[i];
    if (known.component == component && known.kind == kind && known.name == name) return i + 1;
  }
  if (declared_.size() == most_metrics) return 0;
  declared_.push_back({std::string(component), kind, std::string(name), std::string(help), {}});
  if (metrics_ != nullptr) make_series(declared_.back());
  return declared_.size();
}

void PluginMetrics::record(uint64_t number, double value) {
  const std::shared_lock lock(mutex_);
  // Without series the handles do nothing.
  if (number > 0 && number <= declared_.size()) declared_[number - 1].metric.record(value);
}

void PluginMetrics::attach(Metrics& metrics) {
  const std::unique_lock lock(mutex_);
  metrics_ = &metrics;
  for (Declared& declared : declared_) make_series(declared);
}

void PluginMetrics::detach() {
  const std::unique_lock lock(mutex_);
  metrics_ = nullptr;
  for (Declared& declared : declared_) declared.metric = {};
}

void PluginMetrics::make_series(Declared& declared) {
  try {
    declared.metric =
        metrics_->plugin_metric(declared.component, declared.kind, declared.name, declared.help);
  } catch (const Error& error) {
    log_.warning(error.what(), {{"component", declared.component}});
  }
}

}  // namespace millrace::observe

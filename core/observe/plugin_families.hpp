#pragma once
// The families of metrics that plugins bring, `millrace_plugin_<name>`. Includes prometheus-cpp, so
// only .cpp files of this folder include it.

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include <prometheus/registry.h>

#include "core/observe/family_set.hpp"
#include "core/observe/metrics.hpp"

namespace millrace::observe {

class PluginFamilies {
 public:
  PluginFamilies(prometheus::Registry& registry, std::string pipeline)
      : registry_(registry), pipeline_(std::move(pipeline)) {}

  PluginMetric series(const Labels& component, PluginMetricKind kind, std::string_view name,
                      std::string_view help);

 private:
  // In the order of PluginMetricKind.
  using Family =
      std::variant<prometheus::Family<prometheus::Counter>*, prometheus::Family<prometheus::Gauge>*,
                   prometheus::Family<prometheus::Histogram>*>;

  Family family(PluginMetricKind kind, std::string_view name, std::string_view help);
  Family make(PluginMetricKind kind, const std::string& full_name, const std::string& help);

  prometheus::Registry& registry_;
  std::string pipeline_;
  std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace millrace::observe

#include "core/observe/plugin_families.hpp"

#include <algorithm>
#include <cctype>

#include "millrace/error.hpp"

namespace millrace::observe {
namespace {

constexpr size_t most_families = 256;

bool is_metric_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_';
  });
}

/// Prometheus' convention, which its linter checks: counters end in `_total`, others do not.
std::string full_name(std::string_view name, PluginMetricKind kind) {
  constexpr std::string_view suffix = "_total";
  std::string full = "millrace_plugin_" + std::string(name);
  if (kind == PluginMetricKind::counter && !full.ends_with(suffix)) full += suffix;
  return full;
}

}  // namespace

PluginMetric PluginFamilies::series(const Labels& component, PluginMetricKind kind,
                                    std::string_view name, std::string_view help) {
  const Family found = family(kind, name, help);
  PluginMetric metric;
  if (const auto* counters = std::get_if<0>(&found)) {
    metric.counter = Counter(&(*counters)->Add(component));
  } else if (const auto* gauges = std::get_if<1>(&found)) {
    metric.gauge = Gauge(&(*gauges)->Add(component));
  } else if (const auto* histograms = std::get_if<2>(&found)) {
    const std::vector<double> bounds(duration_bounds.begin(), duration_bounds.end());
    metric.histogram = Histogram(&(*histograms)->Add(component, bounds));
  }
  return metric;
}

PluginFamilies::Family PluginFamilies::family(PluginMetricKind kind, std::string_view name,
                                              std::string_view help) {
  const std::lock_guard lock(mutex_);
  const auto known = families_.find(name);
  if (known != families_.end()) {
    if (known->second.index() == static_cast<size_t>(kind)) return known->second;
    throw Error::internal("the metric `" + std::string(name) +
                          "` was made before with another kind; give it one name per kind");
  }
  if (!is_metric_name(name)) {
    throw Error::internal("`" + std::string(name) +
                          "` is not a metric name; use letters, digits and underscores");
  }
  const std::string full = full_name(name, kind);
  if (std::ranges::find(families(), full, &observe::Family::name) != families().end()) {
    throw Error::internal("the metric `" + full + "` is Millrace's own; choose another name");
  }
  if (families_.size() == most_families) {
    throw Error::internal("more than " + std::to_string(most_families) +
                          " metrics by plugins; put no values into metric names");
  }
  const std::string text = help.empty() ? "Metric of a plugin." : std::string(help);
  const Family made = make(kind, full, text);
  families_.emplace(name, made);
  return made;
}

PluginFamilies::Family PluginFamilies::make(PluginMetricKind kind, const std::string& full_name,
                                            const std::string& help) {
  const Labels labels = {{"pipeline", pipeline_}};
  const auto built = [&](auto builder) -> Family {
    return &builder.Name(full_name).Help(help).Labels(labels).Register(registry_);
  };
  switch (kind) {
    case PluginMetricKind::counter:
      return built(prometheus::BuildCounter());
    case PluginMetricKind::gauge:
      return built(prometheus::BuildGauge());
    case PluginMetricKind::histogram:
      return built(prometheus::BuildHistogram());
  }
  throw Error::internal("a plugin metric of an unknown kind");
}

}  // namespace millrace::observe

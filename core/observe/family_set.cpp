#include "core/observe/family_set.hpp"

#include <string>
#include <vector>

#include "millrace/error.hpp"

namespace millrace::observe {
namespace {

template <class Map>
auto& find(const Map& map, std::string_view name) {
  const auto entry = map.find(name);
  if (entry == map.end()) {
    throw Error::internal("the metric `" + std::string(name) +
                          "` is not in core/observe/families.cpp or has another type there");
  }
  return *entry->second;
}

}  // namespace

FamilySet::FamilySet(prometheus::Registry& registry, const std::string& pipeline) {
  for (const Family& row : families()) {
    const std::string name(row.name);
    const std::string help(row.help);
    const Labels constant = {{"pipeline", pipeline}};
    switch (row.type) {
      case FamilyType::counter:
        counters_[row.name] =
            &prometheus::BuildCounter().Name(name).Help(help).Labels(constant).Register(registry);
        break;
      case FamilyType::gauge:
        gauges_[row.name] =
            &prometheus::BuildGauge().Name(name).Help(help).Labels(constant).Register(registry);
        break;
      case FamilyType::histogram:
        histograms_[row.name] =
            &prometheus::BuildHistogram().Name(name).Help(help).Labels(constant).Register(registry);
        break;
    }
  }
}

Counter FamilySet::counter(std::string_view name, const Labels& labels) {
  return Counter(&find(counters_, name).Add(labels));
}

Gauge FamilySet::gauge(std::string_view name, const Labels& labels) {
  return Gauge(&find(gauges_, name).Add(labels));
}

Histogram FamilySet::histogram(std::string_view name, const Labels& labels) {
  const auto bounds = family(name).upper_bounds;
  const std::vector<double> upper_bounds(bounds.begin(), bounds.end());
  return Histogram(&find(histograms_, name).Add(labels, upper_bounds));
}

}  // namespace millrace::observe

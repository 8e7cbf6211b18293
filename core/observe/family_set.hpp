#pragma once
// The families of the table as prometheus-cpp objects, and the series in them. Includes
// prometheus-cpp, so only .cpp files of this folder include it.

#include <string>
#include <string_view>
#include <unordered_map>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "core/observe/families.hpp"
#include "core/observe/instruments.hpp"

namespace millrace::observe {

using Labels = prometheus::Labels;

class FamilySet {
 public:
  FamilySet(prometheus::Registry& registry, const std::string& pipeline);

  /// The series of a family with these labels, made on the first call.
  Counter counter(std::string_view name, const Labels& labels = {});
  Gauge gauge(std::string_view name, const Labels& labels = {});
  Histogram histogram(std::string_view name, const Labels& labels = {});

 private:
  std::unordered_map<std::string_view, prometheus::Family<prometheus::Counter>*> counters_;
  std::unordered_map<std::string_view, prometheus::Family<prometheus::Gauge>*> gauges_;
  std::unordered_map<std::string_view, prometheus::Family<prometheus::Histogram>*> histograms_;
};

}  // namespace millrace::observe

#pragma once
// The standard process_* metrics, read from /proc at every scrape. Includes prometheus-cpp, so only
// .cpp files of this folder include it.

#include <string>
#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

namespace millrace::observe {

class ProcessCollector : public prometheus::Collectable {
 public:
  /// `proc` is "/proc" but for tests.
  explicit ProcessCollector(std::string proc = "/proc");

  /// Leaves out what cannot be read.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::string proc_;
};

}  // namespace millrace::observe

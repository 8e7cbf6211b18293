#pragma once
// Metrics as plugins know them: by number. Components are made before a pipeline's metrics are, so
// numbers are given out at once, and their series appear with `attach`.

#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/observe/log.hpp"
#include "core/observe/metrics.hpp"

namespace millrace::observe {

/// Every call may come from any thread.
class PluginMetrics {
 public:
  explicit PluginMetrics(Log& log) : log_(log) {}

  /// The number of a component's metric; asking again gives the same. 0 when there are too many.
  uint64_t declare(std::string_view component, PluginMetricKind kind, std::string_view name,
                   std::string_view help);

  /// Does nothing for numbers that are not known, and while there are no metrics.
  void record(uint64_t number, double value);

  /// Makes the series of what was declared, from now on also of what will be. Every component
  /// must have its Metrics::component by then. What Metrics refuses is logged and not recorded.
  void attach(Metrics& metrics);

  void detach();

  /// Attached while it lives; must go before the metrics.
  class Attachment {
   public:
    Attachment(PluginMetrics& plugins, Metrics& metrics) : plugins_(plugins) {
      plugins_.attach(metrics);
    }
    ~Attachment() { plugins_.detach(); }
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

   private:
    PluginMetrics& plugins_;
  };

 private:
  struct Declared {
    std::string component;
    PluginMetricKind kind = PluginMetricKind::counter;
    std::string name;
    std::string help;
    PluginMetric metric;
  };

  void make_series(Declared& declared);

  Log& log_;
  std::shared_mutex mutex_;
  Metrics* metrics_ = nullptr;
  std::vector<Declared> declared_;
};

}  // namespace millrace::observe

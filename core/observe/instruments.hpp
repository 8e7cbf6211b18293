#pragma once
// Thin handles to metrics. A handle is two words at most, is copied freely, may be used from any
// thread, and does nothing when default-constructed, so that code under test needs no registry.

#include <cstdint>
#include <span>

#include "core/observe/tally.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace millrace::observe {

class Counter {
 public:
  Counter() = default;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}

  void add(double amount = 1);
  double value() const;

 private:
  prometheus::Counter* counter_ = nullptr;
};

class Gauge {
 public:
  Gauge() = default;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}

  void set(double value);
  double value() const;

 private:
  prometheus::Gauge* gauge_ = nullptr;
};

/// Every call takes a lock: per batch or per epoch. For values per row, fill a Tally and merge it.
class Histogram {
 public:
  Histogram() = default;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}

  void observe(double value);
  uint64_t count() const;

  /// Adds a tally with the bounds of the histogram's family.
  template <const auto& UpperBounds>
  void merge(const Tally<UpperBounds>& tally) {
    merge(tally.counts(), tally.sum());
  }

 private:
  void merge(std::span<const double> counts, double sum);

  prometheus::Histogram* histogram_ = nullptr;
};

}  // namespace millrace::observe

#include "core/observe/instruments.hpp"

#include <algorithm>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace millrace::observe {

void Counter::add(double amount) {
  if (counter_ != nullptr) counter_->Increment(amount);
}

double Counter::value() const { return counter_ == nullptr ? 0 : counter_->Value(); }

void Gauge::set(double value) {
  if (gauge_ != nullptr) gauge_->Set(value);
}

double Gauge::value() const { return gauge_ == nullptr ? 0 : gauge_->Value(); }

void Histogram::observe(double value) {
  if (histogram_ != nullptr) histogram_->Observe(value);
}

void Histogram::merge(std::span<const double> counts, double sum) {
  if (histogram_ == nullptr || std::ranges::all_of(counts, [](double n) { return n == 0; })) return;
  histogram_->ObserveMultiple({counts.begin(), counts.end()}, sum);
}

uint64_t Histogram::count() const {
  return histogram_ == nullptr ? 0 : histogram_->Collect().histogram.sample_count;
}

}  // namespace millrace::observe

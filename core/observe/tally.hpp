#pragma once
// Observations that one thread collects without locks, to be given to a histogram in one call.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/observe/bounds.hpp"

namespace millrace::observe {

template <const auto& UpperBounds>
class Tally {
 public:
  void observe(double value) {
    // The first bucket whose upper bound is not below the value, as Prometheus' `le` says.
    const auto bucket = std::ranges::lower_bound(UpperBounds, value) - UpperBounds.begin();
    counts_[static_cast<size_t>(bucket)] += 1;
    sum_ += value;
  }

  /// Observations that were counted by bucket already, and what they come to.
  void add(std::span<const std::uint64_t> counts, double sum) {
    for (size_t i = 0; i < counts.size(); ++i) counts_[i] += static_cast<double>(counts[i]);
    sum_ += sum;
  }

  void add(const Tally& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
  }

  std::span<const double> counts() const { return counts_; }
  double sum() const { return sum_; }

 private:
  std::array<double, UpperBounds.size() + 1> counts_{};
  double sum_ = 0;
};

using DurationTally = Tally<duration_bounds>;
using LatenessTally = Tally<lateness_bounds>;

}  // namespace millrace::observe

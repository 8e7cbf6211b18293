#pragma once
// Spans of time counted by a histogram's buckets, one for each row of a batch: without a branch, as
// rows that are out of order would mislead any.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "millrace/int128.hpp"

#include "core/observe/tally.hpp"

namespace millrace::observe {

/// Spans of one number of binary digits: they lie in `bucket`, or behind `bound` in the next.
struct Octave {
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
  std::size_t bucket = 0;
  std::uint64_t bound = none;
};

/// For bounds in seconds of which no octave has two.
template <std::size_t Bounds>
constexpr std::array<Octave, 65> octaves_of(const std::array<double, Bounds>& upper_bounds) {
  std::array<Octave, 65> octaves{};
  for (std::size_t i = 0; i < Bounds; ++i) {
    const auto bound = static_cast<std::uint64_t>(upper_bounds[i] * 1e6 + 0.5);
    const auto digits = static_cast<std::size_t>(std::bit_width(bound));
    if (octaves[digits].bound != Octave::none) throw std::logic_error("two bounds in one octave");
    octaves[digits].bound = bound;
    for (std::size_t above = digits + 1; above < octaves.size(); ++above)
      octaves[above].bucket = i + 1;
  }
  return octaves;
}

template <const auto& UpperBounds>
class SpanCounter {
 public:
  void observe(std::uint64_t microseconds) {
    const Octave& octave = octaves[static_cast<std::size_t>(std::bit_width(microseconds))];
    counts_[octave.bucket + (microseconds > octave.bound ? 1U : 0U)] += 1;
    sum_us_ += microseconds;
  }

  void add_to(Tally<UpperBounds>& tally) const {
    tally.add(counts_, static_cast<double>(sum_us_) * 1e-6);
  }

 private:
  static constexpr std::array<Octave, 65> octaves = octaves_of(UpperBounds);

  std::array<std::uint64_t, UpperBounds.size() + 1> counts_{};
  UInt128 sum_us_ = 0;
};

}  // namespace millrace::observe

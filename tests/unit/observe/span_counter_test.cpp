#include "core/observe/span_counter.hpp"

#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace::observe {
namespace {

// Around every bound, and of every size.
std::vector<std::uint64_t> spans() {
  std::vector<std::uint64_t> all{0, 1};
  for (const double bound : lateness_bounds)
    for (const int step : {-1, 0, 1})
      all.push_back(static_cast<std::uint64_t>(bound * 1e6 + 0.5) +
                    static_cast<std::uint64_t>(step));
  std::mt19937_64 random(1);
  for (int digits = 0; digits < 50; ++digits)
    for (int i = 0; i < 20; ++i) all.push_back(random() >> (63 - digits));
  return all;
}

TEST(SpanCounter, CountsEverySpanInTheBucketOfItsSeconds) {
  for (const auto span : spans()) {
    LatenessTally expected;
    expected.observe(static_cast<double>(span) / 1e6);
    SpanCounter<lateness_bounds> counter;
    counter.observe(span);
    LatenessTally tally;
    counter.add_to(tally);
    EXPECT_THAT(tally.counts(), testing::ElementsAreArray(expected.counts())) << span << " us";
    EXPECT_DOUBLE_EQ(tally.sum(), expected.sum());
  }
}

TEST(SpanCounter, AddsUpWhatNoWordHolds) {
  SpanCounter<lateness_bounds> counter;
  const std::uint64_t longest = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < 4; ++i) counter.observe(longest);
  LatenessTally tally;
  counter.add_to(tally);
  EXPECT_EQ(tally.counts().back(), 4);
  EXPECT_DOUBLE_EQ(tally.sum(), 4 * static_cast<double>(longest) * 1e-6);
}

}  // namespace
}  // namespace millrace::observe

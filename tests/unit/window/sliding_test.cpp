#include <gmock/gmock.h>

#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

using ::testing::ElementsAre;

class Sliding : public ::testing::Test {
 protected:
  FakeHost host{events()};
  std::vector<Aggregate> sums{host.count(), host.aggregate("total", "sum", {"value"})};
};

TEST_F(Sliding, ARowIsInEveryWindowThatContainsIt) {
  const auto settings = sliding(host, 10, 5, {}, sums);
  window::SlidingWindow transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, complete_mode);
  EXPECT_THAT(run.epoch({{"a", At{1}, 1}, {"a", At{5}, 2}, {"a", At{14}, 4}}).on(Port::all),
              ElementsAre("-5s 5s 1 1", "0s 10s 2 3", "5s 15s 2 6", "10s 20s 1 4"));
}

TEST_F(Sliding, ASlideThatDoesNotDivideTheSizeGivesThreeOrFourWindows) {
  const auto settings = sliding(host, 10, 3, {}, sums);
  window::SlidingWindow transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, complete_mode);
  EXPECT_THAT(run.epoch({{"a", At{9}, 1}}).on(Port::all),
              ElementsAre("0s 10s 1 1", "3s 13s 1 1", "6s 16s 1 1", "9s 19s 1 1"));
  EXPECT_THAT(run.epoch({{"a", At{-20}, 1}}).on(Port::all),
              ElementsAre("-27s -17s 1 1", "-24s -14s 1 1", "-21s -11s 1 1", "0s 10s 1 1",
                          "3s 13s 1 1", "6s 16s 1 1", "9s 19s 1 1"));
}

TEST_F(Sliding, AnOffsetMovesAllWindows) {
  auto settings = sliding(host, 10, 5, {}, sums);
  settings.offset = seconds(2);
  window::SlidingWindow transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, complete_mode);
  EXPECT_THAT(run.epoch({{"a", At{6}, 1}}).on(Port::all), ElementsAre("-3s 7s 1 1", "2s 12s 1 1"));
}

TEST_F(Sliding, ALateRowIsDroppedFromItsClosedWindowsOnly) {
  const auto settings = sliding(host, 10, 5, {}, sums);
  window::SlidingWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, Harness::wants({Port::changed, Port::late}));
  const auto epoch =
      run.epoch({{"a", At{6}, 1}, {"a", At{7}, 1}, {"a", At{1}, 1}}, 10 * second, 10 * second);
  EXPECT_THAT(epoch.on(Port::changed), ElementsAre("5s 15s 2 2"));
  EXPECT_EQ(epoch.count(Count::late_partly), 2);
  EXPECT_EQ(epoch.count(Count::late_dropped), 1);
  EXPECT_EQ(epoch.count(Count::late_groups), 2);  // [0, 10) and [-5, 5).
  EXPECT_THAT(epoch.on(Port::late), ElementsAre("a 1s 1"));
}

TEST_F(Sliding, WindowsCloseOneByOne) {
  const auto settings = sliding(host, 10, 5, {"key"}, sums);
  window::SlidingWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{6}, 1}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 12 * second).on(Port::final),
              ElementsAre("0s 10s a 1 1"));
  EXPECT_THAT(run.epoch({{"a", At{7}, 2}}, 12 * second, 12 * second).on(Port::final),
              ::testing::IsEmpty());
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 12 * second, 15 * second).on(Port::final),
              ElementsAre("5s 15s a 2 3"));
}

TEST_F(Sliding, StateOfWindowsThatOverlapMuchIsOfPanes) {
  const auto settings = sliding(host, 10, 1, {"key"}, sums);
  window::SlidingWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  EXPECT_EQ(run.epoch({{"a", At{6}, 1}}, 0, 0).count(Count::state_rows), 1);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 8 * second).on(Port::final),
              ElementsAre("-3s 7s a 1 1", "-2s 8s a 1 1"));
  run.restart(transform, append_mode, 1);
  EXPECT_THAT(run.epoch({{"a", At{8}, 2}}, 8 * second, 9 * second).on(Port::final),
              ElementsAre("-1s 9s a 2 3"));
  // Late for the windows that are closed, in time for [0, 10) and the three behind it.
  const auto late = run.epoch({{"a", At{3}, 4}}, 9 * second, 11 * second);
  EXPECT_EQ(late.count(Count::late_partly), 1);
  EXPECT_THAT(late.on(Port::final), ElementsAre("0s 10s a 3 7", "1s 11s a 3 7"));
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 11 * second, 14 * second).on(Port::final),
              ElementsAre("2s 12s a 3 7", "3s 13s a 3 7", "4s 14s a 2 3"));
  const auto last = run.epoch(std::vector<Cells>{}, 14 * second, 100 * second);
  EXPECT_THAT(last.on(Port::final),
              ElementsAre("5s 15s a 2 3", "6s 16s a 2 3", "7s 17s a 1 2", "8s 18s a 1 2"));
  EXPECT_EQ(last.count(Count::state_rows), 0);
}

TEST_F(Sliding, PanesBecomeWindowsWhereChangesAreRead) {
  const auto settings = sliding(host, 10, 1, {"key"}, sums);
  window::SlidingWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{6}, 1}}, 0, 0);
  run.epoch(std::vector<Cells>{}, 0, 8 * second);
  run.restart(transform, append_mode | update_mode, 1);
  const auto epoch = run.epoch({{"a", At{7}, 2}}, 8 * second, 9 * second);
  EXPECT_THAT(epoch.on(Port::changed), ElementsAre("-1s 9s a 2 3", "0s 10s a 2 3", "1s 11s a 2 3",
                                                   "2s 12s a 2 3", "3s 13s a 2 3", "4s 14s a 2 3",
                                                   "5s 15s a 2 3", "6s 16s a 2 3", "7s 17s a 1 2"));
  EXPECT_THAT(epoch.on(Port::final), ElementsAre("-1s 9s a 2 3"));
  EXPECT_EQ(epoch.count(Count::state_rows), 8);
  run.restart(transform, append_mode, 1);  // Windows stay windows.
  EXPECT_EQ(run.epoch(std::vector<Cells>{}, 9 * second, 16 * second).count(Count::state_rows), 1);
}

TEST_F(Sliding, WindowsWithoutRowsCostNothing) {
  const auto settings = sliding(host, 10, 1, {"key"}, sums);
  window::SlidingWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  constexpr int64_t years = 300LL * 365 * 86'400;  // 10^10 windows.
  run.epoch({{"a", At{0}, 1}, {"a", At{years}, 2}}, no_time, no_time);
  EXPECT_EQ(run.epoch(std::vector<Cells>{}, no_time, (years + 10) * second).on(Port::final).size(),
            20U);
}

}  // namespace
}  // namespace millrace::testing

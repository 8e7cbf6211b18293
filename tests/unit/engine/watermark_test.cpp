#include "core/engine/watermark.hpp"

#include <gtest/gtest.h>

namespace millrace {
namespace {

constexpr int64_t second = 1'000'000;

Plan plan_with(std::vector<DeclaredWatermark> watermarks,
               WatermarkPolicy policy = WatermarkPolicy::min) {
  Plan plan;
  plan.config.watermark_policy = policy;
  plan.watermarks = std::move(watermarks);
  return plan;
}

DeclaredWatermark declared(const std::string& name, WatermarkPolicy across,
                           std::optional<int64_t> idle_after = std::nullopt) {
  return {0, name, 0, 10 * second, idle_after, across, {}, {}};
}

TEST(WatermarkTracker, StartsAt1970AndTrailsTheGreatestTimeByTheDelay) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::max)});
  WatermarkTracker tracker(plan);
  EXPECT_EQ(tracker.declared(0), 0);
  tracker.saw(0, "0", 100 * second, 0);
  EXPECT_EQ(tracker.declared(0), 0) << "constant until the epoch is over";
  tracker.advance(0);
  EXPECT_EQ(tracker.declared(0), 90 * second);
}

TEST(WatermarkTracker, NeverGoesBack) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::max)});
  WatermarkTracker tracker(plan);
  tracker.saw(0, "0", 100 * second, 0);
  tracker.advance(0);
  tracker.saw(0, "0", 50 * second, 0);
  tracker.advance(0);
  EXPECT_EQ(tracker.declared(0), 90 * second);
}

TEST(WatermarkTracker, FollowsTheSlowestPartition) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::min)});
  WatermarkTracker tracker(plan);
  tracker.present(0, {{"0", true, false}, {"1", true, false}}, 0);
  tracker.saw(0, "0", 100 * second, 0);
  tracker.advance(0);
  EXPECT_EQ(tracker.declared(0), 0) << "partition 1 has rows that were not read yet";
  tracker.saw(0, "1", 60 * second, 0);
  tracker.advance(0);
  EXPECT_EQ(tracker.declared(0), 50 * second);
}

TEST(WatermarkTracker, FollowsTheFastestPartitionWhenAskedTo) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::max)});
  WatermarkTracker tracker(plan);
  tracker.saw(0, "0", 100 * second, 0);
  tracker.saw(0, "1", 60 * second, 0);
  tracker.advance(0);
  EXPECT_EQ(tracker.declared(0), 90 * second);
}

TEST(WatermarkTracker, APartitionWithoutRecordsHoldsNothingBack) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::min)});
  WatermarkTracker tracker(plan);
  tracker.present(0, {{"0", true, false}, {"1", true, true}}, 0);
  tracker.saw(0, "0", 100 * second, 0);
  tracker.advance(0);
  EXPECT_EQ(tracker.declared(0), 90 * second);
}

TEST(WatermarkTracker, APartitionThatTheSourceHasNoMoreHoldsNothingBack) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::min)});
  WatermarkTracker tracker(plan);
  tracker.present(0, {{"0", true, false}, {"1", true, false}}, 0);
  tracker.saw(0, "0", 100 * second, 0);
  tracker.saw(0, "1", 20 * second, 0);
  tracker.advance(0);
  EXPECT_EQ(tracker.declared(0), 10 * second);
  tracker.present(0, {{"0", true, false}}, 0);
  tracker.advance(0);
  EXPECT_EQ(tracker.declared(0), 90 * second);
}

TEST(WatermarkTracker, AnIdlePartitionStopsHoldingBackAndHoldsAgainOnceItHasRows) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::min, 30 * second)});
  WatermarkTracker tracker(plan);
  tracker.present(0, {{"0", true, false}, {"1", true, false}}, 0);
  tracker.saw(0, "1", 20 * second, 0);
  tracker.saw(0, "0", 100 * second, 29 * second);
  tracker.advance(29 * second);
  EXPECT_EQ(tracker.declared(0), 10 * second);
  tracker.advance(30 * second);
  EXPECT_EQ(tracker.declared(0), 90 * second);
  EXPECT_TRUE(tracker.partitions(0).at("1").idle);
  tracker.saw(0, "1", 95 * second, 31 * second);
  tracker.saw(0, "0", 200 * second, 31 * second);
  tracker.advance(31 * second);
  EXPECT_EQ(tracker.declared(0), 90 * second);
}

TEST(WatermarkTracker, APartitionFallsIdleThoughTheClockWasSetBackBeforeARestart) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::min, 30 * second)});
  constexpr int64_t day = 86'400 * second;
  WatermarkTracker before(plan);
  before.saw(0, "1", 20 * second, day);
  before.saw(0, "0", 100 * second, day);
  before.advance(day);
  WatermarkTracker after(plan);
  after.restore(before.save());
  after.advance(0);
  EXPECT_EQ(after.declared(0), 10 * second);
  after.saw(0, "0", 100 * second, 30 * second);
  after.advance(30 * second);
  EXPECT_EQ(after.declared(0), 90 * second);
}

TEST(WatermarkTracker, APartitionThatIsBehindIsNotIdle) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::min, 30 * second)});
  WatermarkTracker tracker(plan);
  tracker.present(0, {{"0", true, false}, {"1", false, false}}, 0);
  tracker.saw(0, "0", 100 * second, 60 * second);
  tracker.advance(60 * second);
  EXPECT_EQ(tracker.declared(0), 0);
}

TEST(WatermarkTracker, SeveralWatermarksMakeOneByThePolicy) {
  for (const auto policy : {WatermarkPolicy::min, WatermarkPolicy::max}) {
    const auto plan = plan_with(
        {declared("a", WatermarkPolicy::max), declared("b", WatermarkPolicy::max)}, policy);
    WatermarkTracker tracker(plan);
    tracker.saw(0, "0", 100 * second, 0);
    tracker.saw(1, "0", 40 * second, 0);
    tracker.advance(0);
    EXPECT_EQ(tracker.over({0, 1}), policy == WatermarkPolicy::min ? 30 * second : 90 * second);
    EXPECT_EQ(tracker.over({}), std::nullopt);
  }
}

TEST(WatermarkTracker, GoesOnAfterARestart) {
  const auto plan = plan_with({declared("a", WatermarkPolicy::min)});
  WatermarkTracker before(plan);
  before.saw(0, "0", 100 * second, 5);
  before.saw(0, "1", 60 * second, 6);
  before.advance(6);
  WatermarkTracker after(plan);
  after.restore(before.save());
  EXPECT_EQ(after.declared(0), 50 * second);
  after.saw(0, "1", 80 * second, 7);
  after.advance(7);
  EXPECT_EQ(after.declared(0), 70 * second);
}

}  // namespace
}  // namespace millrace

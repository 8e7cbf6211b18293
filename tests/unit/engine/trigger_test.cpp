#include <gtest/gtest.h>

#include "millrace/error.hpp"

#include "core/engine/trigger_policy.hpp"
#include "core/system/manual_clock.hpp"

namespace millrace {
namespace {

constexpr int64_t second = 1'000'000;

TEST(ProcessingTimeTrigger, StartsAtOnceAndThenAtMultiplesOfTheInterval) {
  ManualClock clock(7 * second);
  const StopSignal stop;
  const auto trigger = make_trigger({TriggerKind::processing_time, 5 * second, {}});
  EXPECT_TRUE(trigger->wait(clock, stop));
  EXPECT_EQ(clock.now_us(), 7 * second);
  clock.advance(1 * second);
  EXPECT_TRUE(trigger->wait(clock, stop));
  EXPECT_EQ(clock.now_us(), 10 * second);
  EXPECT_FALSE(trigger->delayed());
}

TEST(ProcessingTimeTrigger, SkipsTicksThatALongEpochMissed) {
  ManualClock clock(0);
  const StopSignal stop;
  const auto trigger = make_trigger({TriggerKind::processing_time, 5 * second, {}});
  EXPECT_TRUE(trigger->wait(clock, stop));
  clock.advance(12 * second);
  EXPECT_TRUE(trigger->wait(clock, stop));
  EXPECT_EQ(clock.now_us(), 12 * second);
  EXPECT_TRUE(trigger->delayed());
  EXPECT_TRUE(trigger->wait(clock, stop));
  EXPECT_EQ(clock.now_us(), 15 * second);
}

TEST(ProcessingTimeTrigger, WaitsNoLongerThanItsIntervalWhereverTheClockIsSet) {
  for (const int64_t day : {-86'400 * second, 86'400 * second}) {
    ManualClock clock(100 * 86'400 * second);
    const StopSignal stop;
    const auto trigger = make_trigger({TriggerKind::processing_time, 10 * second, {}});
    EXPECT_TRUE(trigger->wait(clock, stop));
    clock.set_now(clock.now_us() + day + 3 * second);
    EXPECT_TRUE(trigger->wait(clock, stop));
    EXPECT_TRUE(trigger->wait(clock, stop));
    EXPECT_LE(clock.monotonic_ns(), 20 * second * 1000);
    EXPECT_EQ(clock.now_us() % (10 * second), 0);
    EXPECT_FALSE(trigger->delayed());
  }
}

TEST(ProcessingTimeTrigger, EndsWhenAskedToStop) {
  ManualClock clock(0);
  StopSignal stop;
  const auto trigger = make_trigger({TriggerKind::processing_time, 5 * second, {}});
  EXPECT_TRUE(trigger->wait(clock, stop));
  stop.request();
  EXPECT_FALSE(trigger->wait(clock, stop));
}

TEST(OnceTrigger, LetsOneEpochThroughThatTakesEverything) {
  ManualClock clock(0);
  const StopSignal stop;
  const auto trigger = make_trigger({TriggerKind::once, 0, {}});
  EXPECT_TRUE(trigger->takes_all());
  EXPECT_TRUE(trigger->wait(clock, stop));
  EXPECT_FALSE(trigger->wait(clock, stop));
}

TEST(AvailableNowTrigger, EndsWhenThereIsNothingLeft) {
  ManualClock clock(0);
  const StopSignal stop;
  WakeSignal arrivals;
  InputWait wait_for_input(clock, stop, arrivals, second);
  const auto trigger = make_trigger({TriggerKind::available_now, 0, {}});
  EXPECT_TRUE(trigger->fixes_end());
  EXPECT_TRUE(trigger->wait(clock, stop));
  EXPECT_TRUE(trigger->wait(clock, stop));
  EXPECT_FALSE(trigger->idle(wait_for_input));
}

TEST(DefaultTrigger, LooksAgainAfterAWhileWhenThereWasNothing) {
  ManualClock clock(0);
  const StopSignal stop;
  WakeSignal arrivals;
  InputWait wait_for_input(clock, stop, arrivals, second / 100);
  const auto trigger = make_trigger({TriggerKind::default_, 0, {}});
  EXPECT_TRUE(trigger->wait(clock, stop));
  EXPECT_TRUE(trigger->idle(wait_for_input));
  EXPECT_EQ(clock.now_us(), second / 100);
}

TEST(DefaultTrigger, LooksAtOnceWhenInputIsAnnounced) {
  ManualClock clock(0);
  const StopSignal stop;
  WakeSignal arrivals;
  InputWait wait_for_input(clock, stop, arrivals, second);
  const auto trigger = make_trigger({TriggerKind::default_, 0, {}});
  arrivals.raise();
  EXPECT_TRUE(trigger->idle(wait_for_input));
  EXPECT_EQ(clock.now_us(), 0);
  EXPECT_TRUE(trigger->idle(wait_for_input));
  EXPECT_EQ(clock.now_us(), second);
}

TEST(DefaultTrigger, EndsWhenAskedToStop) {
  ManualClock clock(0);
  StopSignal stop;
  WakeSignal arrivals;
  InputWait wait_for_input(clock, stop, arrivals, second);
  const auto trigger = make_trigger({TriggerKind::default_, 0, {}});
  stop.request();
  EXPECT_FALSE(trigger->idle(wait_for_input));
}

TEST(ContinuousTrigger, HasEpochsOfItsInterval) {
  const auto trigger = make_trigger({TriggerKind::continuous, 5 * second, {}});
  EXPECT_EQ(trigger->epoch_length_us(), 5 * second);
  EXPECT_EQ(make_trigger({TriggerKind::default_, 0, {}})->epoch_length_us(), std::nullopt);
}

}  // namespace
}  // namespace millrace

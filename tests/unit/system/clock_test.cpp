#include <thread>

#include <gtest/gtest.h>

#include "core/system/manual_clock.hpp"
#include "core/system/stop_signal.hpp"
#include "core/system/system_clock.hpp"

namespace millrace {
namespace {

TEST(ManualClock, JumpsToTheDeadlineWhenItWaitsInOneThread) {
  ManualClock clock(1000);
  const StopSignal stop;
  EXPECT_TRUE(clock.wait_until(5000, stop));
  EXPECT_EQ(clock.now_us(), 5000);
  EXPECT_EQ(clock.monotonic_ns(), 4000 * 1000);
}

TEST(ManualClock, IsSetWithoutItsSteadyTime) {
  ManualClock clock(1000);
  clock.advance(10);
  clock.set_now(7);
  EXPECT_EQ(clock.now_us(), 7);
  EXPECT_EQ(clock.steady_us(), 1010);
  const StopSignal stop;
  EXPECT_TRUE(clock.wait_until(clock.steady_us() + 5, stop));
  EXPECT_EQ(clock.now_us(), 12);
}

TEST(ManualClock, NeverGoesBack) {
  ManualClock clock(1000);
  const StopSignal stop;
  EXPECT_TRUE(clock.wait_until(10, stop));
  EXPECT_EQ(clock.now_us(), 1000);
}

TEST(ManualClock, DoesNotMoveAfterAStopRequest) {
  ManualClock clock(1000);
  StopSignal stop;
  stop.request();
  EXPECT_FALSE(clock.wait_until(5000, stop));
  EXPECT_EQ(clock.now_us(), 1000);
}

TEST(ManualClock, BlocksUntilAnotherThreadAdvancesItFarEnough) {
  ManualClock clock(0, ManualClock::WhenWaiting::block);
  const StopSignal stop;
  bool reached = false;
  std::thread waiter([&] { reached = clock.wait_until(100, stop); });
  while (clock.waiting() == 0) std::this_thread::yield();
  clock.advance(99);
  clock.advance(1);
  waiter.join();
  EXPECT_TRUE(reached);
  EXPECT_EQ(clock.waiting(), 0u);
}

TEST(ManualClock, StopsBlockingWhenAStopIsRequested) {
  ManualClock clock(0, ManualClock::WhenWaiting::block);
  StopSignal stop;
  bool reached = true;
  std::thread waiter([&] { reached = clock.wait_until(100, stop); });
  while (clock.waiting() == 0) std::this_thread::yield();
  stop.request();
  waiter.join();
  EXPECT_FALSE(reached);
}

TEST(SystemClock, ReachesADeadline) {
  SystemClock clock;
  const StopSignal stop;
  const std::int64_t before_ns = clock.monotonic_ns();
  const std::int64_t deadline_us = clock.now_us() + 2000;
  EXPECT_TRUE(clock.wait_until(deadline_us, stop));
  EXPECT_GE(clock.now_us(), deadline_us);
  EXPECT_GT(clock.monotonic_ns(), before_ns);
}

TEST(SystemClock, DoesNotWaitWhenAStopIsRequested) {
  SystemClock clock;
  StopSignal stop;
  std::thread other([&] { stop.request(); });
  EXPECT_FALSE(clock.wait_until(clock.now_us() + std::int64_t{3600} * 1000000, stop));
  other.join();
}

}  // namespace
}  // namespace millrace

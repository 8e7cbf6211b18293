#include "core/system/stop_signal.hpp"

#include <csignal>
#include <thread>

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(StopSignal, IsRequestedOnceAndForcedTheSecondTime) {
  StopSignal stop;
  EXPECT_FALSE(stop.requested());
  EXPECT_FALSE(stop.wait_requested(0));
  stop.request();
  EXPECT_TRUE(stop.requested());
  EXPECT_FALSE(stop.forced());
  EXPECT_TRUE(stop.wait_requested(-1));
  EXPECT_FALSE(stop.wait_forced(0));
  stop.request();
  EXPECT_TRUE(stop.forced());
  EXPECT_TRUE(stop.wait_forced(-1));
}

TEST(StopSignal, TakesAnyNumberOfRequests) {
  StopSignal stop;
  for (int i = 0; i < 1000; ++i) stop.request();
  EXPECT_TRUE(stop.forced());
}

TEST(StopSignal, WakesEveryThreadThatWaits) {
  StopSignal stop;
  std::thread first([&] { EXPECT_TRUE(stop.wait_requested(-1)); });
  std::thread second([&] { EXPECT_TRUE(stop.wait_requested(-1)); });
  stop.request();
  first.join();
  second.join();
}

StopSignal* signalled = nullptr;

TEST(StopSignal, CanBeRequestedFromASignalHandler) {
  StopSignal stop;
  signalled = &stop;
  const auto before = std::signal(SIGUSR1, [](int) { signalled->request(); });
  std::raise(SIGUSR1);
  EXPECT_TRUE(stop.requested());
  EXPECT_FALSE(stop.forced());
  std::signal(SIGUSR1, before);
}

}  // namespace
}  // namespace millrace

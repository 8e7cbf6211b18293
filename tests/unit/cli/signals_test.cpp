#include "core/cli/signals.hpp"

#include <csignal>

#include <gtest/gtest.h>

#include "core/system/manual_clock.hpp"

namespace millrace::cli {
namespace {

class Signals : public testing::Test {
 protected:
  ManualClock clock_{0};
  StopSignal stop_;
};

TEST_F(Signals, BecomeRequestsToStop) {
  const SignalGuard guard(stop_, clock_);
  std::raise(SIGPIPE);  // would end the process
  EXPECT_FALSE(stop_.requested());
  std::raise(SIGTERM);
  EXPECT_TRUE(stop_.requested());
  EXPECT_FALSE(stop_.forced());
}

TEST_F(Signals, ForceTheEndWhenASecondOneComesLater) {
  const SignalGuard guard(stop_, clock_);
  std::raise(SIGINT);
  clock_.advance(SignalGuard::same_signal_us);
  EXPECT_FALSE(stop_.forced());
  std::raise(SIGTERM);
  EXPECT_TRUE(stop_.forced());
}

TEST_F(Signals, AreOneWhenTheyComeTogether) {
  const SignalGuard guard(stop_, clock_);
  std::raise(SIGTERM);
  std::raise(SIGTERM);  // timeout signals its child and then the group that the child is in
  clock_.advance(SignalGuard::same_signal_us - 1);
  std::raise(SIGINT);
  EXPECT_TRUE(stop_.requested());
  EXPECT_FALSE(stop_.forced());
  clock_.advance(1);  // counted from the first one: whoever keeps asking is heard
  std::raise(SIGINT);
  EXPECT_TRUE(stop_.forced());
}

TEST_F(Signals, AreCountedAnewByEveryGuard) {
  {
    const SignalGuard guard(stop_, clock_);
    std::raise(SIGTERM);
  }
  StopSignal next;
  const SignalGuard guard(next, clock_);
  std::raise(SIGTERM);
  EXPECT_TRUE(next.requested());
}

}  // namespace
}  // namespace millrace::cli

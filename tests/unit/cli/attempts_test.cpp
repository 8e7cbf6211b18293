#include "core/cli/attempts.hpp"

#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"

namespace millrace::cli {
namespace {

constexpr std::int64_t second_us = 1'000'000;
const Error unreachable = Error::external("no broker");

TEST(Attempts, GoOnForAsLongAsTheyMayFail) {
  Attempts attempts(10 * second_us);
  EXPECT_EQ(attempts.pause_after(unreachable, 0), 100'000);
  EXPECT_EQ(attempts.pause_after(unreachable, 1 * second_us), 200'000);
  EXPECT_EQ(attempts.pause_after(unreachable, 2 * second_us), 400'000);
  EXPECT_TRUE(attempts.pause_after(unreachable, 9 * second_us));
  EXPECT_FALSE(attempts.pause_after(unreachable, 10 * second_us));
}

TEST(Attempts, AreThreeAtLeast) {
  Attempts attempts(10 * second_us);
  EXPECT_TRUE(attempts.pause_after(unreachable, 0));
  EXPECT_TRUE(attempts.pause_after(unreachable, 60 * second_us));
  EXPECT_FALSE(attempts.pause_after(unreachable, 120 * second_us));
}

TEST(Attempts, BeginAnewWithEachCommittedEpoch) {
  Attempts attempts(10 * second_us);
  for (std::uint64_t epoch = 1; epoch < 20; ++epoch) {
    EXPECT_EQ(attempts.pause_after(unreachable, static_cast<std::int64_t>(epoch) * 9 * second_us),
              100'000);
    attempts.reached(epoch);
  }
}

TEST(Attempts, AreOfNoUseForOtherFailures) {
  Attempts attempts(10 * second_us);
  EXPECT_FALSE(attempts.pause_after(Error::user("wrong"), 0));
  EXPECT_FALSE(attempts.pause_after(Error::data("wrong"), 0));
  EXPECT_FALSE(attempts.pause_after(Error(Blame::external, Retry::never, "no right"), 0));
  EXPECT_FALSE(attempts.pause_after(CheckpointError(CheckpointFault::damaged, "torn"), 0));
  EXPECT_TRUE(attempts.pause_after(Undecided(unreachable), 0));
}

}  // namespace
}  // namespace millrace::cli

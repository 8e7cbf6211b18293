#include "core/observe/health.hpp"

#include <gtest/gtest.h>

namespace millrace::observe {
namespace {

constexpr int64_t second_us = 1'000'000;

TEST(HealthBoard, IsReadyWhenRunningConnectedAndCaughtUp) {
  HealthBoard board(std::nullopt);
  EXPECT_FALSE(board.ready().ok());
  board.set_state(PipelineState::running);
  EXPECT_FALSE(board.ready().ok());
  board.caught_up();
  EXPECT_TRUE(board.ready().ok());
  board.component_waits("clicks", "no broker answers");
  const ProbeResult waiting = board.ready();
  ASSERT_EQ(waiting.reasons.size(), 1U);
  EXPECT_EQ(waiting.reasons[0].component, "clicks");
  EXPECT_EQ(waiting.reasons[0].reason, "no broker answers");
  board.component_ready("clicks");
  EXPECT_TRUE(board.ready().ok());
  board.set_state(PipelineState::idle);
  EXPECT_TRUE(board.ready().ok());
  board.set_state(PipelineState::stopping);
  EXPECT_FALSE(board.ready().ok());
}

TEST(HealthBoard, FailureIsUnhealthyAndGivesItsReason) {
  HealthBoard board(std::nullopt);
  EXPECT_TRUE(board.healthy(0).ok());
  board.failed("sink `totals`: disk full");
  EXPECT_EQ(board.state(), PipelineState::failed);
  ASSERT_FALSE(board.healthy(0).ok());
  EXPECT_EQ(board.healthy(0).reasons[0].reason, "the pipeline failed: sink `totals`: disk full");
}

TEST(HealthBoard, AnEpochIsStuckAfterFiveMinutes) {
  HealthBoard board(second_us);
  board.epoch_started(0);
  EXPECT_TRUE(board.healthy(300 * second_us).ok());
  EXPECT_FALSE(board.healthy(301 * second_us).ok());
  board.epoch_ended();
  EXPECT_TRUE(board.healthy(900 * second_us).ok());
}

TEST(HealthBoard, OrAfterTenLongIntervals) {
  HealthBoard board(60 * second_us);
  board.epoch_started(0);
  EXPECT_TRUE(board.healthy(600 * second_us).ok());
  EXPECT_FALSE(board.healthy(601 * second_us).ok());
}

}  // namespace
}  // namespace millrace::observe

#include "core/observe/progress_history.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace millrace::observe {
namespace {

EpochProgress progress_of(int64_t epoch, size_t position_bytes) {
  EpochProgress progress;
  progress.epoch = epoch;
  progress.sources.emplace_back().end_offset = std::string(position_bytes, ' ');
  return progress;
}

std::vector<int64_t> epochs_of(const ProgressHistory& history) {
  std::vector<int64_t> epochs;
  for (const auto& progress : history.last(10)) epochs.push_back(progress.epoch);
  return epochs;
}

TEST(ProgressHistoryTest, KeepsSoManyEpochs) {
  ProgressHistory history(3, 1 << 20);
  EXPECT_EQ(epochs_of(history), std::vector<int64_t>{});
  for (const int64_t epoch : {1, 2, 3, 4}) history.add(progress_of(epoch, 10));
  EXPECT_EQ(epochs_of(history), (std::vector<int64_t>{2, 3, 4}));
}

TEST(ProgressHistoryTest, KeepsFewerEpochsOfLongPositionsAndAlwaysTheLast) {
  ProgressHistory history(3, 10'000);
  for (const int64_t epoch : {1, 2}) history.add(progress_of(epoch, 6'000));
  EXPECT_EQ(epochs_of(history), (std::vector<int64_t>{2}));
  history.add(progress_of(3, 10));
  EXPECT_EQ(epochs_of(history), (std::vector<int64_t>{2, 3}));
  history.add(progress_of(4, 50'000));
  EXPECT_EQ(epochs_of(history), (std::vector<int64_t>{4}));
}

}  // namespace
}  // namespace millrace::observe

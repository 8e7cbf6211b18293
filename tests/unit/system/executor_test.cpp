#include "core/system/executor.hpp"

#include <atomic>
#include <latch>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(Executor, RunsEachTaskOnce) {
  for (const std::size_t threads : {1u, 2u, 4u}) {
    Executor executor(threads);
    EXPECT_EQ(executor.threads(), threads);
    for (const std::size_t count : {0u, 1u, 2u, 7u, 1000u}) {
      std::vector<std::atomic<int>> runs(count);
      executor.parallel_for(count, [&](std::size_t i) { ++runs[i]; });
      for (const std::atomic<int>& run : runs) EXPECT_EQ(run, 1);
    }
  }
}

TEST(Executor, RunsInOrderInTheCallersThreadWhenThereIsOneThread) {
  Executor executor(1);
  const std::thread::id caller = std::this_thread::get_id();
  std::vector<std::size_t> order;
  executor.parallel_for(100, [&](std::size_t i) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    order.push_back(i);
  });
  std::vector<std::size_t> expected(100);
  std::iota(expected.begin(), expected.end(), 0u);
  EXPECT_EQ(order, expected);
}

TEST(Executor, RunsTasksAtTheSameTime) {
  Executor executor(3);
  std::latch all_there(3);  // would wait for ever if the tasks ran one after the other
  executor.parallel_for(3, [&](std::size_t) { all_there.arrive_and_wait(); });
  EXPECT_TRUE(all_there.try_wait());
}

TEST(Executor, RunsTasksOfDifferentKinds) {
  Executor executor(2);
  int left = 0;
  std::string right;
  executor.run_all({[&] { left = 42; }, [&] { right = "done"; }});
  EXPECT_EQ(left, 42);
  EXPECT_EQ(right, "done");
}

TEST(Executor, ThrowsTheErrorOfTheLowestTaskWhateverTheNumberOfThreads) {
  for (const std::size_t threads : {1u, 2u, 4u}) {
    Executor executor(threads);
    for (int repetition = 0; repetition < 200; ++repetition) {
      std::string message;
      try {
        executor.parallel_for(64, [](std::size_t i) {
          if (i % 10 == 9) throw std::runtime_error("task " + std::to_string(i));
        });
      } catch (const std::runtime_error& error) {
        message = error.what();
      }
      ASSERT_EQ(message, "task 9") << threads << " threads";
    }
  }
}

TEST(Executor, EndsStartedTasksBeforeItThrowsAndSkipsTheOthers) {
  Executor executor(2);
  std::latch both(2);
  std::atomic<bool> ended = false;
  std::atomic<int> runs = 0;
  const auto task = [&](std::size_t i) {
    ++runs;
    if (i >= 2) return;
    both.arrive_and_wait();
    if (i == 0) throw std::runtime_error("first");
    for (int spin = 0; spin < 10000; ++spin) std::this_thread::yield();
    ended = true;
  };
  EXPECT_THROW(executor.parallel_for(1000, task), std::runtime_error);
  EXPECT_TRUE(ended);
  EXPECT_LT(runs, 1000);
}

TEST(Executor, WorksOnAfterAnError) {
  Executor executor(2);
  EXPECT_THROW(executor.parallel_for(10, [](std::size_t) { throw 1; }), int);
  std::atomic<int> runs = 0;
  executor.parallel_for(10, [&](std::size_t) { ++runs; });
  EXPECT_EQ(runs, 10);
}

TEST(Executor, RunsTasksOfTasksInline) {
  Executor executor(2);
  std::atomic<int> runs = 0;
  executor.parallel_for(
      4, [&](std::size_t) { executor.parallel_for(4, [&](std::size_t) { ++runs; }); });
  EXPECT_EQ(runs, 16);
}

TEST(Executor, TakesCallsOfSeveralThreadsInTurn) {
  Executor executor(2);
  std::atomic<int> runs = 0;
  const auto caller = [&] {
    for (int i = 0; i < 100; ++i) executor.parallel_for(3, [&](std::size_t) { ++runs; });
  };
  std::thread other(caller);
  caller();
  other.join();
  EXPECT_EQ(runs, 600);
}

}  // namespace
}  // namespace millrace

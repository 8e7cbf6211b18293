#include "core/system/turns.hpp"

#include <numeric>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "core/system/executor.hpp"

namespace millrace {
namespace {

TEST(Turns, TasksEndInTheOrderOfTheirIndex) {
  Executor executor(3);
  for (int round = 0; round < 100; ++round) {
    Turns turns;
    std::vector<std::size_t> order;
    executor.parallel_for(16, [&](std::size_t i) {
      const Turns::Turn turn(turns, i);
      turn.wait();
      order.push_back(i);
    });
    std::vector<std::size_t> expected(16);
    std::iota(expected.begin(), expected.end(), 0u);
    EXPECT_EQ(order, expected);
  }
}

TEST(Turns, ATaskThatThrowsHoldsNobodyUp) {
  Executor executor(2);
  Turns turns;
  EXPECT_THROW(executor.parallel_for(8,
                                     [&](std::size_t i) {
                                       const Turns::Turn turn(turns, i);
                                       if (i == 3) throw std::runtime_error("before its turn");
                                       turn.wait();
                                       if (i == 4) throw std::runtime_error("after it");
                                     }),
               std::runtime_error);
}

}  // namespace
}  // namespace millrace

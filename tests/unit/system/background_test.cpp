#include "core/system/background.hpp"

#include <future>
#include <stdexcept>

#include <gtest/gtest.h>

namespace millrace {
namespace {

void wait_until_done(Background& background) {
  while (!background.done()) std::this_thread::yield();
}

TEST(BackgroundThread, WorksBesideTheCaller) {
  BackgroundThread background;
  std::promise<void> go;
  bool worked = false;
  background.start([&] {
    go.get_future().wait();
    worked = true;
  });
  EXPECT_FALSE(background.done());
  go.set_value();
  wait_until_done(background);
  EXPECT_TRUE(worked);
}

TEST(BackgroundThread, ThrowsOnceWhatTheWorkThrew) {
  BackgroundThread background;
  background.start([] { throw std::runtime_error("no"); });
  EXPECT_THROW(wait_until_done(background), std::runtime_error);
  EXPECT_TRUE(background.done());
  background.start([] { throw std::runtime_error("no"); });
  background.abandon();
  EXPECT_TRUE(background.done());
}

TEST(BackgroundThread, EndsWithItsWork) {
  bool worked = false;
  {
    BackgroundThread background;
    background.start([&] { worked = true; });
  }
  EXPECT_TRUE(worked);
}

}  // namespace
}  // namespace millrace

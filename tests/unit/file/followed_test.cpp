#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/file/source_run.hpp"

namespace millrace::file {
namespace {

using ::testing::HasSubstr;

class FollowedTest : public ::testing::Test {
 protected:
  SourceRun run(ByteSize max_bytes = {}, bool follow = true) {
    FileSourceSettings settings;
    settings.path = scratch_.path("log");
    settings.max_bytes_per_trigger = max_bytes;
    settings.follow = follow;
    return {host_, settings};
  }

  testing::FakeHost host_;  // Its clock stands at 1970: no file has been resting for a second.
  testing::ScratchDirectory scratch_;
};

TEST_F(FollowedTest, ReadsWhatIsAppended) {
  scratch_.write("log", "1\n2\n");
  auto source = run();
  EXPECT_EQ(source.look().epoch(), "1|2|");
  EXPECT_EQ(source.look().epoch(), "nothing");
  scratch_.append("log", "3\n");
  EXPECT_EQ(source.look().epoch(), "3|");
}

TEST_F(FollowedTest, WaitsForTheRestOfALine) {
  scratch_.write("log", "1\nhal");
  auto source = run();
  EXPECT_EQ(source.look().epoch(), "1|");
  EXPECT_EQ(source.look().epoch(), "nothing");
  scratch_.append("log", "f\n");
  EXPECT_EQ(source.look().epoch(), "half|");
}

TEST_F(FollowedTest, TakesALastLineWithoutNewlineWhenTheFileRests) {
  scratch_.write("log", "1\nlast");
  host_.now_us = int64_t{1} << 60;
  auto source = run();
  EXPECT_EQ(source.look().epoch(), "1|last|");
  EXPECT_EQ(source.look().epoch(), "nothing");
  scratch_.append("log", "\n");
  EXPECT_EQ(source.look().epoch(), "nothing");
  scratch_.append("log", "next\n");
  EXPECT_EQ(source.look().epoch(), "next|");
  EXPECT_THAT(source.position, HasSubstr("\"line\":4"));
}

TEST_F(FollowedTest, TakesALastLineWithoutNewlineBeforeItEnds) {
  scratch_.write("log", "1\nlast");
  auto available_now = run();
  EXPECT_EQ(available_now.look().epoch(), "1|");
  EXPECT_EQ(available_now.epoch(), "last|") << "asked again for the same end";
  EXPECT_EQ(available_now.epoch(), "nothing");
  auto once = run();
  EXPECT_EQ(once.look().epoch(true), "1|last|");
  scratch_.write("log", "only");
  auto single = run();
  EXPECT_EQ(single.look().epoch(), "only|");
}

TEST_F(FollowedTest, CutsAtLinesWhenThereIsALimit) {
  scratch_.write("log", "1111\n2222\n333333333333333333333\n4\n");
  auto source = run({12});
  EXPECT_EQ(source.look().epoch(), "1111|2222|");
  EXPECT_EQ(source.epoch(), "333333333333333333333|");
  EXPECT_EQ(source.epoch(), "4|");
  EXPECT_EQ(source.epoch(), "nothing");
}

TEST_F(FollowedTest, AFixedEndKeepsLaterLinesOut) {
  scratch_.write("log", "1\n2\n");
  auto source = run({2});
  EXPECT_EQ(source.look().epoch(), "1|");
  scratch_.append("log", "3\n");
  EXPECT_EQ(source.epoch(), "2|");
  EXPECT_EQ(source.epoch(), "nothing");
}

TEST_F(FollowedTest, KnowsTheNumbersOfLinesAfterARestart) {
  scratch_.write("log", "1\n2\n");
  auto first = run();
  first.look().epoch();
  scratch_.append("log", "3\n");
  auto second = run();
  second.position = first.position;
  EXPECT_EQ(second.look().epoch(), "3|");
  Batch batch;
  auto third = run();
  ASSERT_EQ(third.source().open(second.plan.ranges.at(0), {2, 3})->read(0, batch), Read::rows);
  EXPECT_EQ(Row(batch, 0).to_json(), R"({"line":3,"offset":4})");
}

TEST_F(FollowedTest, RefusesAFileThatIsNotTheSame) {
  scratch_.write("log", "1\n2\n");
  auto source = run();
  source.look().epoch();
  scratch_.write("log", "1\n");
  EXPECT_THAT(error_of([&] { source.look(); }), HasSubstr("has become shorter"));
  scratch_.write("log", "7\n8\n9\n");
  EXPECT_THAT(error_of([&] { source.look(); }), HasSubstr("begins differently"));
  source.position = R"({"seen":""})";
  EXPECT_THAT(error_of([&] { source.look(); }), HasSubstr("not one in a followed file"));
}

TEST_F(FollowedTest, WithoutFollowingTheFileIsReadOnce) {
  scratch_.write("log", "1\n2");
  auto source = run({}, false);
  EXPECT_EQ(source.look().epoch(), "1|2|");
  scratch_.append("log", "3\n");
  EXPECT_EQ(source.look().epoch(), "nothing");
  std::filesystem::remove(scratch_.path("log"));
  EXPECT_EQ(source.look().epoch(), "nothing");
}

}  // namespace
}  // namespace millrace::file

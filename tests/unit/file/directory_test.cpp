#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/file/source_run.hpp"

namespace millrace::file {
namespace {

using ::testing::HasSubstr;

class DirectoryTest : public ::testing::Test {
 protected:
  SourceRun run(int64_t max_files = 0, ByteSize max_bytes = {}) {
    FileSourceSettings settings;
    settings.path = scratch_.path();
    settings.max_files_per_trigger = max_files;
    settings.max_bytes_per_trigger = max_bytes;
    return {host_, settings};
  }

  testing::FakeHost host_;
  testing::ScratchDirectory scratch_;
};

TEST_F(DirectoryTest, ReadsEachFileOnceOldestFirst) {
  scratch_.write("b", "1\n2\n");
  scratch_.write("a", "3\n4");
  scratch_.write("c", "5\n");
  scratch_.touch("b", 10);
  scratch_.touch("a", 20);
  scratch_.touch("c", 20);
  auto source = run();
  EXPECT_EQ(source.look().epoch(), "1|2|3|4|5|");
  EXPECT_EQ(source.look().epoch(), "nothing");
}

TEST_F(DirectoryTest, FindsAFileThatArrivesWithAnOlderTime) {
  scratch_.write("b", "1\n");
  scratch_.touch("b", 20);
  auto source = run();
  EXPECT_EQ(source.look().epoch(), "1|");
  scratch_.write("a", "0\n");
  scratch_.touch("a", 10);
  EXPECT_EQ(source.look().epoch(), "0|");
  EXPECT_EQ(source.look().epoch(), "nothing");
}

TEST_F(DirectoryTest, GoesOnFromAPositionAfterARestart) {
  scratch_.write("a", "1\n");
  auto first = run();
  EXPECT_EQ(first.look().epoch(), "1|");
  scratch_.write("b", "2\n");
  auto second = run();
  second.position = first.position;
  EXPECT_EQ(second.look().epoch(), "2|");
}

TEST_F(DirectoryTest, ReadsARangeAgainWithoutLookingAtTheDirectoryFirst) {
  scratch_.write("a", "1\n2\n");
  auto first = run();
  EXPECT_EQ(first.look().epoch(), "1|2|");
  scratch_.append("a", "3\n");
  auto second = run();
  EXPECT_EQ(second.lines(first.plan.ranges.at(0)), "1|2|");
}

TEST_F(DirectoryTest, TakesAsManyFilesAsTheLimitAllows) {
  for (int i = 0; i < 5; ++i) {
    scratch_.write(std::to_string(i), std::to_string(i) + "\n");
    scratch_.touch(std::to_string(i), i);
  }
  auto source = run(2);
  EXPECT_EQ(source.look().epoch(), "0|1|");
  EXPECT_EQ(source.epoch(), "2|3|");
  EXPECT_EQ(source.epoch(), "4|");
  EXPECT_EQ(source.epoch(), "nothing");
  auto unlimited = run(2);
  EXPECT_EQ(unlimited.look().epoch(true), "0|1|2|3|4|");
  auto bytes = run(0, {5});
  EXPECT_EQ(bytes.look().epoch(), "0|1|");
  auto tiny = run(0, {1});
  EXPECT_EQ(tiny.look().epoch(), "0|") << "one file at least";
}

TEST_F(DirectoryTest, AFixedEndKeepsLaterFilesOut) {
  scratch_.write("a", "1\n");
  scratch_.touch("a", 1);
  scratch_.write("b", "2\n");
  scratch_.touch("b", 2);
  auto source = run(1);
  EXPECT_EQ(source.look().epoch(), "1|");
  scratch_.write("0", "late\n");
  scratch_.touch("0", 0);
  EXPECT_EQ(source.epoch(), "2|");
  EXPECT_EQ(source.epoch(), "nothing");
  EXPECT_EQ(source.look().epoch(), "late|");
}

TEST_F(DirectoryTest, AnEmptyFileIsAnEpochWithoutRows) {
  auto source = run();
  EXPECT_EQ(source.look().epoch(), "nothing");
  scratch_.write("empty", "");
  EXPECT_EQ(source.look().epoch(), "");
  EXPECT_EQ(source.plan.ranges.size(), 1U);
  EXPECT_EQ(source.look().epoch(), "nothing");
}

TEST_F(DirectoryTest, LeavesOutFilesThatAreNotForReaders) {
  scratch_.write(".hidden", "x\n");
  scratch_.write("_SUCCESS", "x\n");
  scratch_.write("part.tmp", "x\n");
  scratch_.write("a.csv", "x\n");
  scratch_.write("a.jsonl", "1\n");
  std::filesystem::create_directory(scratch_.path("inner.jsonl"));
  FileSourceSettings settings;
  settings.path = scratch_.path("*.jsonl");
  SourceRun by_path(host_, settings);
  EXPECT_EQ(by_path.look().epoch(), "1|");
  settings.path = scratch_.path();
  settings.pattern = "*.jsonl";
  SourceRun by_pattern(host_, settings);
  EXPECT_EQ(by_pattern.look().epoch(), "1|");
}

TEST_F(DirectoryTest, ForgetsFilesThatAreGoneOnceTheyAreMany) {
  for (int i = 0; i < 1200; ++i) scratch_.write("old" + std::to_string(i), "");
  auto source = run();
  source.look().epoch();
  const auto full = source.position.size();
  for (int i = 0; i < 1200; ++i) std::filesystem::remove(scratch_.path("old" + std::to_string(i)));
  scratch_.write("new", "1\n");
  EXPECT_EQ(source.look().epoch(), "1|");
  EXPECT_LT(source.position.size(), 100U);
  EXPECT_GT(full, 10'000U);
  EXPECT_EQ(source.look().epoch(), "nothing");
}

TEST_F(DirectoryTest, ReportsHowFarItIs) {
  scratch_.write("a", "1\n");
  scratch_.write("b", "1\n");
  auto source = run(1);
  source.look().epoch();
  ASSERT_EQ(source.plan.partitions.size(), 1U);
  EXPECT_EQ(source.plan.partitions[0].next, 1);
  EXPECT_EQ(source.plan.partitions[0].latest, 2);
}

TEST_F(DirectoryTest, IsWaitedForOnceItWasRead) {
  std::filesystem::create_directory(scratch_.path("in"));
  scratch_.write("in/a", "1\n");
  FileSourceSettings settings;
  settings.path = scratch_.path("in");
  SourceRun source(host_, settings);
  EXPECT_EQ(source.look().epoch(), "1|");
  std::filesystem::rename(scratch_.path("in"), scratch_.path("away"));
  try {
    source.look();
    FAIL() << "it is gone";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::external);
    EXPECT_EQ(error.retry, Retry::with_backoff);
  }
  std::filesystem::rename(scratch_.path("away"), scratch_.path("in"));
  scratch_.write("in/b", "2\n");
  EXPECT_EQ(source.look().epoch(), "2|");
}

TEST_F(DirectoryTest, ReadsAFileInPartsWhereTheEngineLetsAnEpochTakeLess) {
  scratch_.write("a", "one\ntwo\nthree\nfour\n");
  scratch_.write("b", "five\n");
  scratch_.touch("a", 10);
  scratch_.touch("b", 20);
  auto source = run();
  source.source().limit(9);
  EXPECT_EQ(source.look().epoch(), "one|two|");
  const auto kept = source.position;
  EXPECT_EQ(source.look().epoch(), "three|");
  EXPECT_EQ(source.plan.ranges.at(0).detail, "a/3");
  EXPECT_EQ(source.look().epoch(), "four|");
  EXPECT_EQ(source.look().epoch(), "five|");
  EXPECT_EQ(source.look().epoch(), "nothing");
  // What has a part behind it is read on, in parts or not, and older files that came since wait.
  scratch_.write("0", "zero\n");
  scratch_.touch("0", 1);
  auto after = run();
  after.position = kept;
  EXPECT_EQ(after.look().epoch(), "three|four|zero|five|");
  EXPECT_EQ(after.look().epoch(), "nothing");
}

TEST_F(DirectoryTest, ReadsAFileInPartsWhoseNameIsNoText) {
  scratch_.write("\xff", "1\n2\n");
  auto source = run();
  source.source().limit(2);
  EXPECT_EQ(source.look().epoch(), "1|");
  EXPECT_EQ(source.look().epoch(), "2|");
  EXPECT_EQ(source.look().epoch(), "nothing");
}

TEST_F(DirectoryTest, KnowsTheLinesOfALaterPart) {
  scratch_.write("a", "1\n2\n3\n");
  auto source = run();
  source.source().limit(4);
  source.look().epoch();
  source.look().epoch();
  const auto reader = source.source().open(source.plan.ranges.at(0), {1, 2, 3});
  Batch rows;
  ASSERT_EQ(reader->read(0, rows), Read::rows);
  EXPECT_EQ(Row(rows, 0).to_json(),
            R"({"file":")" + scratch_.path("a") + R"(","line":3,"offset":4})");
}

TEST_F(DirectoryTest, TakesALineThatIsLongerThanTheLimitWhole) {
  scratch_.write("a", "much longer than that\n1\nand the end, without a newline");
  auto source = run();
  source.source().limit(4);
  EXPECT_EQ(source.look().epoch(), "much longer than that|");
  EXPECT_EQ(source.look().epoch(), "1|");
  EXPECT_EQ(source.look().epoch(), "and the end, without a newline|");
  EXPECT_EQ(source.look().epoch(), "nothing");
}

TEST_F(DirectoryTest, SaysThatAFileIsGoneOfWhichAPartWasRead) {
  scratch_.write("a", "1\n2\n");
  auto source = run();
  source.source().limit(2);
  EXPECT_EQ(source.look().epoch(), "1|");
  std::filesystem::remove(scratch_.path("a"));
  EXPECT_THAT(error_of([&] { source.look().epoch(); }),
              HasSubstr("/a is gone, and only its first 2 bytes are read; put it back"));
}

TEST_F(DirectoryTest, ReadsASingleFileThatIsNotFollowedInParts) {
  scratch_.write("a", "one\ntwo\nthree\n");
  FileSourceSettings settings;
  settings.path = scratch_.path("a");
  settings.follow = false;
  SourceRun source(host_, settings);
  source.source().limit(9);
  EXPECT_EQ(source.look().epoch(), "one|two|");
  EXPECT_EQ(source.look().epoch(), "three|");
  const auto reader = source.source().open(source.plan.ranges.at(0), {2});
  Batch rows;
  ASSERT_EQ(reader->read(0, rows), Read::rows);
  EXPECT_EQ(Row(rows, 0).to_json(), R"({"line":3})");
  EXPECT_EQ(source.look().epoch(), "nothing");
}

TEST_F(DirectoryTest, SaysWhatIsWrong) {
  FileSourceSettings settings;
  settings.path = scratch_.path("absent");
  SourceRun absent(host_, settings);
  EXPECT_THAT(error_of([&] { absent.look(); }), HasSubstr("absent: No such file or directory"));
  settings.path = scratch_.path("absent/*");
  SourceRun absent_pattern(host_, settings);
  EXPECT_THAT(error_of([&] { absent_pattern.look(); }), HasSubstr("No such file or directory"));
  settings.path = "a*/b";
  EXPECT_THAT(error_of([&] { SourceRun(host_, settings); }), HasSubstr("last part"));
  settings.path = "a/*";
  settings.pattern = "*";
  EXPECT_THAT(error_of([&] { SourceRun(host_, settings); }), HasSubstr("leave `pattern` out"));
  auto source = run();
  source.position = R"({"offset":1})";
  EXPECT_THAT(error_of([&] { source.look().epoch(); }), HasSubstr("another kind of thing"));
}

TEST_F(DirectoryTest, AFileThatShrankIsNotReadAsIfItWereWhole) {
  scratch_.write("a", "1\n2\n");
  auto source = run();
  source.look().epoch();
  scratch_.write("a", "1\n");
  EXPECT_THAT(error_of([&] { source.lines(source.plan.ranges.at(0)); }),
              HasSubstr("has become shorter: it ends at byte 2 and was to be read up to byte 4"));
}

}  // namespace
}  // namespace millrace::file

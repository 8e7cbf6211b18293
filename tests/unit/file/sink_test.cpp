#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/file/file_sink.hpp"
#include "tests/unit/file/source_run.hpp"

namespace millrace::file {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileSinkTest : public ::testing::Test {
 protected:
  std::unique_ptr<FileSink> sink(const std::string& name, OutputMode mode = OutputMode::append,
                                 const std::string& header = "") {
    return std::make_unique<FileSink>(FileSinkSettings{scratch_.path(name), "jsonl", header},
                                      host_.context(), Schema{}, mode);
  }
  // Writes the lines as one partition of an epoch.
  static void write(FileSink& sink, Epoch epoch, int partition,
                    const std::vector<std::string>& lines) {
    const auto writer = sink.open_writer(partition);
    ASSERT_TRUE(writer->open(epoch));
    const auto payloads = testing::binary_column(lines);
    writer->write({}, &payloads);
    writer->close(nullptr);
  }
  static void run(FileSink& sink, Epoch epoch, const std::vector<std::string>& lines) {
    write(sink, epoch, 0, lines);
    sink.commit(epoch, sink.prepare(epoch));
  }
  std::vector<std::string> names(const std::string& directory) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(scratch_.path(directory)))
      found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
  }

  testing::FakeHost host_;
  testing::ScratchDirectory scratch_;
};

TEST_F(FileSinkTest, PartsAreVisibleOnlyOnceCommitted) {
  auto out = sink("deep/out");
  write(*out, 3, 0, {"a", "b"});
  write(*out, 3, 12, {"c"});
  const auto receipt = out->prepare(3);
  EXPECT_THAT(names("deep/out"),
              ElementsAre(".part-0000000003-00000.jsonl.tmp", ".part-0000000003-00012.jsonl.tmp"));
  out->commit(3, receipt);
  EXPECT_THAT(names("deep/out"),
              ElementsAre("part-0000000003-00000.jsonl", "part-0000000003-00012.jsonl"));
  EXPECT_EQ(scratch_.read("deep/out/part-0000000003-00000.jsonl"), "a\nb\n");
}

TEST_F(FileSinkTest, CommitMayComeAgainInAnotherProcess) {
  auto out = sink("out");
  write(*out, 0, 0, {"a"});
  write(*out, 0, 1, {"b"});
  const auto receipt = out->prepare(0);
  // As if the first commit died between the two names.
  std::filesystem::rename(scratch_.path("out/.part-0000000000-00000.jsonl.tmp"),
                          scratch_.path("out/part-0000000000-00000.jsonl"));
  sink("out")->commit(0, receipt);
  sink("out")->commit(0, receipt);
  EXPECT_THAT(names("out"),
              ElementsAre("part-0000000000-00000.jsonl", "part-0000000000-00001.jsonl"));
}

TEST_F(FileSinkTest, AReaderMayTakeAPartAway) {
  auto out = sink("out");
  write(*out, 0, 0, {"a"});
  const auto receipt = out->prepare(0);
  out->commit(0, receipt);
  std::filesystem::remove(scratch_.path("out/part-0000000000-00000.jsonl"));
  sink("out")->commit(0, receipt);
  EXPECT_THAT(host_.log, ElementsAre(HasSubstr("part-0000000000-00000.jsonl of epoch 0")));
  std::filesystem::remove(scratch_.path("out"));
  EXPECT_THAT(error_of([&] { sink("out")->commit(0, receipt); }), HasSubstr("cannot open"));
}

TEST_F(FileSinkTest, AbortRemovesWhatADeadRunOfTheEpochLeft) {
  auto dead = sink("out");
  write(*dead, 1, 0, {"old"});
  write(*dead, 1, 5, {"old"});
  write(*dead, 2, 0, {"other epoch"});
  auto out = sink("out");
  out->abort(1);
  EXPECT_THAT(names("out"), ElementsAre(".part-0000000002-00000.jsonl.tmp"));
  run(*out, 1, {"new"});
  EXPECT_EQ(scratch_.read("out/part-0000000001-00000.jsonl"), "new\n");
}

TEST_F(FileSinkTest, AFailedEpochLeavesNothing) {
  auto out = sink("out");
  const auto writer = out->open_writer(0);
  writer->open(0);
  const auto payloads = testing::binary_column({"x"});
  writer->write({}, &payloads);
  const auto cause = Error::data("bad");
  writer->close(&cause);
  EXPECT_THAT(names("out"), IsEmpty());
  EXPECT_EQ(out->prepare(0), R"({"parts":[]})");
}

TEST_F(FileSinkTest, WithoutRowsThereIsNoFile) {
  auto out = sink("out");
  run(*out, 0, {});
  EXPECT_FALSE(scratch_.has("out"));
  out->abort(1);
}

TEST_F(FileSinkTest, APathWithAnExtensionIsOneFile) {
  auto out = sink("rejects.jsonl");
  run(*out, 0, {"a"});
  run(*out, 1, {"b", "c"});
  EXPECT_EQ(scratch_.read("rejects.jsonl"), "a\nb\nc\n");
  EXPECT_THAT(scratch_.names(), ElementsAre("rejects.jsonl"));
}

TEST_F(FileSinkTest, OneFileGetsAnEpochExactlyOnce) {
  auto out = sink("all.jsonl");
  run(*out, 0, {"a"});
  write(*out, 1, 0, {"b"});
  write(*out, 1, 1, {"c"});
  const auto receipt = out->prepare(1);
  EXPECT_EQ(scratch_.read("all.jsonl"), "a\n");
  scratch_.append("all.jsonl", "b\n");  // As if the first commit died half way.
  sink("all.jsonl")->commit(1, receipt);
  EXPECT_EQ(scratch_.read("all.jsonl"), "a\nb\nc\n");
  sink("all.jsonl")->commit(1, receipt);
  EXPECT_EQ(scratch_.read("all.jsonl"), "a\nb\nc\n");
  EXPECT_THAT(scratch_.names(), ElementsAre("all.jsonl"));
}

TEST_F(FileSinkTest, OneFileIsNotSharedWithOthers) {
  auto out = sink("all.jsonl");
  run(*out, 0, {"a"});
  write(*out, 1, 0, {"b"});
  const auto receipt = out->prepare(1);
  scratch_.append("all.jsonl", "somebody else was here\n");
  EXPECT_THAT(error_of([&] { out->commit(1, receipt); }), HasSubstr("changed by somebody else"));
}

TEST_F(FileSinkTest, CompleteModeWritesOneFileAnew) {
  auto out = sink("all.jsonl", OutputMode::complete);
  run(*out, 0, {"a", "b", "c"});
  run(*out, 1, {"d"});
  EXPECT_EQ(scratch_.read("all.jsonl"), "d\n");
}

TEST_F(FileSinkTest, FilesBeginWithTheHeader) {
  auto one = sink("all.csv", OutputMode::append, "k,v");
  run(*one, 0, {"a,1"});
  run(*one, 1, {"b,2"});
  EXPECT_EQ(scratch_.read("all.csv"), "k,v\na,1\nb,2\n");
  auto parts = sink("out/", OutputMode::append, "k,v");
  run(*parts, 0, {"a,1"});
  EXPECT_EQ(scratch_.read("out/part-0000000000-00000.jsonl"), "k,v\na,1\n");
}

TEST_F(FileSinkTest, SaysWhatIsWrong) {
  scratch_.write("plain", "");
  auto out = sink("plain/out");
  EXPECT_THAT(error_of([&] { write(*out, 0, 0, {"a"}); }), HasSubstr("plain"));
  EXPECT_THAT(error_of([&] { sink("a.jsonl")->commit(4, R"({"parts":[]})"); }),
              HasSubstr("epoch 4"));
  EXPECT_THAT(error_of([&] {
                FileSink({"", "", ""}, host_.context(), {}, OutputMode::append);
              }),
              HasSubstr("empty"));
}

}  // namespace
}  // namespace millrace::file

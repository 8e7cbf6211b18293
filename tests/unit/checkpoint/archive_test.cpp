// One epoch in one file, and a checkpoint made of it again.

#include "core/checkpoint/archive.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/archive_records.hpp"
#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/inspection.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* directory = "/disk/checkpoint";
constexpr const char* archive_file = "/disk/kept.epoch";

class ArchiveTest : public ::testing::Test {
 protected:
  ArchiveTest() { run(7); }

  void run(std::uint64_t epochs) {
    SmallPipeline pipeline(files_, 8, 4);
    pipeline.open();
    while (pipeline.next_epoch() < epochs) pipeline.run_epoch();
  }
  // So that SmallPipeline, which knows one directory, finds what is imported.
  void remove_checkpoint() {
    for (const char* below : {"/epochs", "/state"}) {
      for (const auto& name : files_.list(directory + std::string(below)))
        files_.remove(directory + std::string(below) + "/" + name);
      files_.remove(directory + std::string(below));
    }
    for (const auto& name : files_.list(directory)) files_.remove(directory + ("/" + name));
    files_.remove(directory);
  }
  template <typename Work>
  static std::string refusal(Work&& work) {
    try {
      work();
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }
  std::string import_refusal() {
    return refusal([&] { import_epoch(files_, rng_, archive_file, directory, true); });
  }
  // An archive of the test's own.
  void write_archive(const std::vector<std::pair<std::uint8_t, std::string>>& records) {
    const auto file = files_.create(archive_file);
    ContainerWriter writer(*file, {ContainerKind::archive, 0, {}, {}});
    for (const auto& [type, record] : records) writer.append(type, record);
    writer.finish();
    file->close();
  }

  MemoryFileSystem files_;
  Rng rng_{7};
};

TEST_F(ArchiveTest, APipelineGoesOnFromWhatIsImported) {
  const auto made = export_epoch(files_, rng_, directory, std::nullopt, archive_file);
  EXPECT_EQ(made.epoch, 6);
  EXPECT_EQ(made.format.pipeline, "small");
  remove_checkpoint();
  const auto imported = import_epoch(files_, rng_, archive_file, directory, true);
  EXPECT_EQ(imported.epoch, 6);
  EXPECT_NE(imported.format.job_id, made.format.job_id);
  const auto inspected = inspect_checkpoint(files_, directory);
  EXPECT_THAT(inspected.problems, IsEmpty());
  EXPECT_EQ(inspected.newest, 6);
  SmallPipeline pipeline(files_, 8, 4);
  pipeline.open();
  EXPECT_EQ(pipeline.checkpoint().format().job_id, imported.format.job_id);
  EXPECT_EQ(pipeline.next_epoch(), 7);
  EXPECT_EQ(pipeline.state(), pipeline.expected(7));
  pipeline.run_epoch();
  pipeline.open();
  EXPECT_EQ(pipeline.state(), pipeline.expected(8));
}

TEST_F(ArchiveTest, AnEarlierEpochCanBeChosenAndTheJobKept) {
  const auto made = export_epoch(files_, rng_, directory, 4, archive_file);
  remove_checkpoint();
  EXPECT_EQ(import_epoch(files_, rng_, archive_file, directory, false).format.job_id,
            made.format.job_id);
  SmallPipeline pipeline(files_, 8, 4);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 5);
  EXPECT_EQ(pipeline.state(), pipeline.expected(5));
}

TEST_F(ArchiveTest, ChangesInTheCommitRecordGoWithIt) {
  const auto chain = inspect_checkpoint(files_, directory).epochs.at(5).commit->state_files;
  ASSERT_TRUE(chain.back().in_record());
  const auto made = export_epoch(files_, rng_, directory, 5, archive_file);
  EXPECT_EQ(made.files, 4U + chain.size() - 1) << "FORMAT, record, its decision, plan, state files";
  remove_checkpoint();
  import_epoch(files_, rng_, archive_file, directory, true);
  SmallPipeline pipeline(files_, 8, 4);
  pipeline.open();
  EXPECT_EQ(pipeline.state(), pipeline.expected(6));
  pipeline.run_epoch();
  pipeline.open();
  EXPECT_EQ(pipeline.state(), pipeline.expected(7));
}

TEST_F(ArchiveTest, IsWrittenWhileThePipelineRuns) {
  SmallPipeline pipeline(files_, 8, 4);
  pipeline.open();
  EXPECT_EQ(export_epoch(files_, rng_, directory, std::nullopt, archive_file).epoch, 6);
  EXPECT_NO_THROW(pipeline.run_epoch());
}

TEST_F(ArchiveTest, RefusesWhatIsNotThereOrThereAlready) {
  EXPECT_THAT(refusal([&] { export_epoch(files_, rng_, directory, 2, archive_file); }),
              HasSubstr("no such committed epoch; it has those from 3 to 6"));
  EXPECT_THAT(refusal([&] { export_epoch(files_, rng_, "/disk", 2, archive_file); }),
              HasSubstr("is not a checkpoint"));
  export_epoch(files_, rng_, directory, 4, archive_file);
  EXPECT_THAT(refusal([&] { export_epoch(files_, rng_, directory, 4, archive_file); }),
              HasSubstr("exists already"));
  EXPECT_THAT(import_refusal(), HasSubstr("/disk/checkpoint exists already"));
}

TEST_F(ArchiveTest, EveryFlippedByteAndEveryCutIsFound) {
  export_epoch(files_, rng_, directory, 3, archive_file);
  const auto bytes = files_.read(archive_file);
  for (std::size_t at = 0; at < bytes.size(); at += at < 200 ? 1 : 37) {
    auto flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    files_.replace_content(archive_file, flipped);
    ASSERT_NE(refusal([&] { import_epoch(files_, rng_, archive_file, "/disk/new", true); }), "")
        << "byte " << at;
    files_.replace_content(archive_file, bytes.substr(0, at));
    ASSERT_NE(refusal([&] { import_epoch(files_, rng_, archive_file, "/disk/new", true); }), "")
        << "cut at " << at;
    ASSERT_FALSE(files_.exists("/disk/new")) << at;
  }
}

TEST_F(ArchiveTest, NoNameInItIsUsedAsAPath) {
  remove_checkpoint();
  for (const auto* name :
       {"../../etc/passwd", "/etc/passwd", "LOCK", "", "../00000000000000000003-01234567.plan",
        "00000000000000000003-01234567.plan/../../x", "00000000000000000003-01234567.tmp"}) {
    write_archive({{archive::name_record, "FORMAT"}, {archive::name_record, name}});
    EXPECT_THAT(import_refusal(), HasSubstr("holds a file that no checkpoint has")) << name;
    EXPECT_FALSE(files_.exists(directory));
    files_.remove(archive_file);
  }
}

TEST_F(ArchiveTest, OneThatIsNoWholeEpochIsRefused) {
  remove_checkpoint();
  const std::string plan = "00000000000000000003-01234567.plan";
  write_archive({{archive::bytes_record, "x"}});
  EXPECT_THAT(import_refusal(), HasSubstr("its first record is no name"));
  files_.remove(archive_file);
  write_archive({{archive::name_record, plan}, {archive::name_record, plan}});
  EXPECT_THAT(import_refusal(), HasSubstr("a file twice"));
  files_.remove(archive_file);
  write_archive({{archive::name_record, plan}});
  EXPECT_THAT(import_refusal(), HasSubstr("no file FORMAT"));
  EXPECT_FALSE(files_.exists(directory));
}

TEST_F(ArchiveTest, AnImportThatIsCutOffLeavesNoCheckpointOrAllOfIt) {
  export_epoch(files_, rng_, directory, std::nullopt, archive_file);
  remove_checkpoint();
  files_.sync_directory("/disk");
  const auto before = files_.operations();
  import_epoch(files_, rng_, archive_file, directory, true);
  const auto operations = files_.operations() - before;
  int whole = 0;
  for (std::uint64_t operation = 0; operation <= operations; ++operation) {
    MemoryFileSystem files;
    files.make_directories("/disk");
    const auto copy = files.create(archive_file);
    copy->write(files_.read(archive_file));
    copy->sync();
    copy->close();
    files.sync_directory("/disk");
    files.lose_power_at_operation(operation);
    try {
      import_epoch(files, rng_, archive_file, directory, true);
    } catch (const PowerLost&) {
    }
    files.power_loss();
    SmallPipeline pipeline(files, 8, 4);
    try {
      pipeline.open();
      const bool imported = pipeline.next_epoch() == 7;
      whole += imported ? 1 : 0;
      ASSERT_TRUE(imported || pipeline.next_epoch() == 0) << operation;
      ASSERT_EQ(pipeline.state(), pipeline.expected(pipeline.next_epoch())) << operation;
    } catch (const CheckpointError& error) {
      ASSERT_THAT(error.what(), HasSubstr("FORMAT is missing")) << operation;
    }
  }
  EXPECT_GT(whole, 0);
}

}  // namespace
}  // namespace millrace

#include "core/checkpoint/inspection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/system/memory_file_system.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string directory = "/disk/checkpoint";

class InspectionTest : public testing::Test {
 protected:
  void run(int epochs) {
    pipeline_.open();
    for (int i = 0; i < epochs; ++i) pipeline_.run_epoch();
  }
  std::string first_of(const std::string& folder, const std::string& ending) {
    for (const std::string& name : files_.list(directory + folder))
      if (name.ends_with(ending)) return directory + folder + "/" + name;
    return "";
  }

  MemoryFileSystem files_;
  SmallPipeline pipeline_{files_, 8, 2};
};

TEST_F(InspectionTest, TellsEpochsStateAndFilesWhileThePipelineHoldsTheLock) {
  run(4);
  pipeline_.checkpoint().write_plan(SmallPipeline::plan(4));
  const auto found = inspect_checkpoint(files_, directory);
  EXPECT_EQ(found.format.pipeline, "small");
  EXPECT_EQ(found.newest, 3);
  EXPECT_TRUE(found.epochs.at(2).commit && found.epochs.at(3).commit);
  EXPECT_TRUE(found.epochs.at(4).plan && !found.epochs.at(4).commit);
  std::vector<std::string> transforms;
  for (const auto& [name, state] : found.state) {
    transforms.push_back(name);
    EXPECT_GT(state.bytes, 0U) << name;
    EXPECT_LE(state.shards, 2U) << name;
  }
  EXPECT_THAT(transforms, ElementsAre("counts", "totals"));
  EXPECT_EQ(found.bytes(), pipeline_.checkpoint().total_bytes());
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(InspectionTest, ChangesNothing) {
  run(3);
  pipeline_.close();
  const auto before = files_.list(directory + "/epochs");
  inspect_checkpoint(files_, directory);
  EXPECT_EQ(files_.list(directory + "/epochs"), before);
  pipeline_.open();
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(3));
}

TEST_F(InspectionTest, NamesADamagedFileAndGoesOn) {
  run(3);
  pipeline_.close();
  for (const auto& path : {first_of("/epochs", ".plan"), first_of("/state", ".snapshot")}) {
    auto bytes = files_.read(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    files_.remove(path);
    files_.create(path)->write(bytes);
    const auto found = inspect_checkpoint(files_, directory);
    EXPECT_THAT(found.problems, testing::Contains(HasSubstr(path)));
    EXPECT_EQ(found.newest, 2);
  }
}

TEST_F(InspectionTest, NamesAMissingStateFile) {
  run(3);
  pipeline_.close();
  const auto path = first_of("/state", ".snapshot");
  files_.remove(path);
  EXPECT_THAT(inspect_checkpoint(files_, directory).problems, ElementsAre(HasSubstr(path)));
}

TEST_F(InspectionTest, AnEmptyCheckpointHasNoEpochs) {
  pipeline_.open();
  const auto found = inspect_checkpoint(files_, directory);
  EXPECT_THAT(found.epochs, IsEmpty());
  EXPECT_EQ(found.newest, std::nullopt);
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(InspectionTest, RefusesADirectoryThatIsNoCheckpoint) {
  files_.make_directories("/disk/other");
  try {
    inspect_checkpoint(files_, "/disk/other");
    FAIL();
  } catch (const CheckpointError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/disk/other is not a checkpoint"));
  }
}

}  // namespace
}  // namespace millrace

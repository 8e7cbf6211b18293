// Each file of a small checkpoint is damaged in every simple way. It must be refused by name.

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/system/memory_file_system.hpp"
#include "tests/support/stride.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;

const std::string directory = "/disk/checkpoint";

class CheckpointDamageTest : public testing::Test {
 protected:
  CheckpointDamageTest() {
    pipeline_.open();
    for (int i = 0; i < 3; ++i) pipeline_.run_epoch();
    pipeline_.checkpoint().write_plan(SmallPipeline::plan(3));
    pipeline_.close();
    paths_.push_back(directory + "/FORMAT");
    for (const std::string below : {"/epochs/", "/state/"}) {
      for (const std::string& name : files_.list(directory + below)) {
        // Nothing depends on the plan of an epoch before the newest any more.
        if (name.starts_with("00000000000000000001-") && name.ends_with(".plan")) continue;
        paths_.push_back(directory + below + name);
      }
    }
  }

  // How opening ends: the fault, or none.
  std::optional<CheckpointFault> open(const std::string& path) {
    try {
      pipeline_.open();
      pipeline_.close();
      return std::nullopt;
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), HasSubstr(path));
      return error.fault;
    }
  }

  MemoryFileSystem files_;
  SmallPipeline pipeline_{files_, 8, 2};
  std::vector<std::string> paths_;
};

TEST_F(CheckpointDamageTest, HasAFileOfEachKind) {
  std::string all;
  for (const std::string& path : paths_) all += path + "\n";
  for (const char* ending : {"FORMAT", ".plan", ".commit", ".snapshot", ".delta"}) {
    EXPECT_THAT(all, HasSubstr(ending));
  }
  EXPECT_EQ(open(""), std::nullopt);
}

TEST_F(CheckpointDamageTest, RefusesEverySingleFlippedBitOfEveryFile) {
  for (const std::string& path : paths_) {
    const std::string good = files_.read(path);
    for (std::size_t bit = 0; bit < good.size() * 8; bit += test::stride(7)) {
      std::string bad = good;
      bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
      files_.replace_content(path, bad);
      ASSERT_EQ(open(path), CheckpointFault::damaged) << path << " bit " << bit;
    }
    files_.replace_content(path, good);
  }
  EXPECT_EQ(open(""), std::nullopt);
}

TEST_F(CheckpointDamageTest, RefusesEveryTruncationOfEveryFile) {
  for (const std::string& path : paths_) {
    const std::string good = files_.read(path);
    for (std::size_t size = 0; size < good.size(); size += test::stride(5)) {
      files_.replace_content(path, good.substr(0, size));
      ASSERT_EQ(open(path), CheckpointFault::damaged) << path << " with " << size << " bytes";
    }
    files_.replace_content(path, good);
  }
}

TEST_F(CheckpointDamageTest, RefusesAFileInThePlaceOfAnother) {
  for (const std::string& path : paths_) {
    const std::string good = files_.read(path);
    for (const std::string& other : paths_) {
      if (other == path) continue;
      files_.replace_content(path, files_.read(other));
      ASSERT_EQ(open(path), CheckpointFault::damaged) << other << " as " << path;
    }
    files_.replace_content(path, good);
  }
}

TEST_F(CheckpointDamageTest, RefusesASoundFileOfAnotherCheckpoint) {
  MemoryFileSystem stranger;
  Rng rng(999);
  ManualClock clock(0);
  const auto other =
      Checkpoint::open(stranger, clock, rng, directory, CheckpointOptions{"small", 2, 2});
  for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
    other->write_plan(SmallPipeline::plan(epoch));
    if (epoch < 3) other->commit(SmallPipeline::commit_of(epoch), nullptr);
  }
  std::string foreign;
  for (const std::string& name : stranger.list(directory + "/epochs")) {
    if (name.starts_with("00000000000000000003")) {
      foreign = stranger.read(directory + "/epochs/" + name);
    }
  }
  for (const std::string& path : paths_) {
    if (path.find("/00000000000000000003-") == std::string::npos) continue;
    files_.replace_content(path, foreign);
    EXPECT_EQ(open(path), CheckpointFault::damaged);
  }
}

TEST_F(CheckpointDamageTest, RefusesWhenAStateFileIsMissing) {
  for (const std::string& path : paths_) {
    if (path.find("/state/") == std::string::npos) continue;
    const std::string good = files_.read(path);
    files_.remove(path);
    ASSERT_EQ(open(path), CheckpointFault::damaged) << path;
    files_.create(path);
    files_.replace_content(path, good);
  }
  EXPECT_EQ(open(""), std::nullopt);
}

TEST_F(CheckpointDamageTest, RefusesWhenAPartOfTheDirectoryIsMissing) {
  for (const std::string below : {"/state", "/epochs"}) {
    MemoryFileSystem files;
    SmallPipeline pipeline(files);
    pipeline.open();
    pipeline.close();
    files.remove(directory + below);
    EXPECT_THROW(pipeline.open(), CheckpointError);
  }
}

}  // namespace
}  // namespace millrace

#include "core/checkpoint/kept_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/inspection.hpp"
#include "core/system/manual_clock.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;

const std::string directory = "/disk/checkpoint";

// A store that keeps one file per epoch, which never changes, and a list of them, which grows.
class KeptFilesTest : public testing::Test {
 protected:
  void open() {
    checkpoint_.reset();
    checkpoint_ = Checkpoint::open(files_, clock_, rng_, directory, {"small", 2, 2});
    const bool restored = checkpoint_->keeps_files();
    work_ = checkpoint_->work_directory("store", restored);
    next_ = checkpoint_->recovered().next_epoch();
    list_ = files_.exists(work_ / "LIST") ? files_.read(work_ / "LIST") : "";
  }

  void write(const std::string& name, const std::string& text) {
    if (files_.exists(work_ / name)) files_.remove(work_ / name);
    const auto file = files_.create(work_ / name);
    file->write(text);
    file->sync();
    file->close();
  }

  void plan() {
    EpochPlan plan;
    plan.epoch = next_;
    if (!checkpoint_->recovered().rerun || checkpoint_->recovered().rerun->epoch != next_)
      checkpoint_->write_plan(plan);
  }

  CommitSize run_epoch() {
    plan();
    const std::string name = "00" + std::to_string(next_) + ".data";
    write(name, "content of " + name);
    list_ += name + "\n";
    write("LIST", list_ + "what the next epoch appended");
    return commit();
  }

  CommitSize commit() {
    auto state = checkpoint_->begin_state(next_, StateForm::files);
    for (size_t begin = 0; begin < list_.size(); begin = list_.find('\n', begin) + 1) {
      const std::string name = list_.substr(begin, list_.find('\n', begin) - begin);
      state->keep(work_ / name, files_.status(work_ / name)->size, false);
    }
    state->keep(work_ / "LIST", list_.size(), true);
    EpochCommit record;
    record.epoch = next_;
    record.state_store = "store";
    record.state_bytes["counts"] = 12;
    const auto size = checkpoint_->commit(record, std::move(state));
    ++next_;
    return size;
  }

  std::string kept(const std::string& ending) {
    for (const std::string& name : files_.list(directory + "/state"))
      if (name.ends_with(ending)) return directory + "/state/" + name;
    return "";
  }

  MemoryFileSystem files_;
  ManualClock clock_{1'700'000'000'000'000};
  Rng rng_{7};
  std::unique_ptr<Checkpoint> checkpoint_;
  std::filesystem::path work_;
  std::string list_;
  std::uint64_t next_ = 0;
};

TEST_F(KeptFilesTest, ComeBackAsTheyWereAtTheEndOfTheEpoch) {
  open();
  run_epoch();
  run_epoch();
  write("unfinished", "by an epoch that was not committed");
  open();
  EXPECT_EQ(next_, 2U);
  EXPECT_EQ(list_, "000.data\n001.data\n");
  EXPECT_EQ(files_.read(work_ / "001.data"), "content of 001.data");
  EXPECT_FALSE(files_.exists(work_ / "unfinished"));
}

TEST_F(KeptFilesTest, OnlyWhatIsNewIsKeptAnew) {
  open();
  run_epoch();
  const auto size = run_epoch();
  EXPECT_EQ(size.files, 3U) << "a file, the list and the commit record";
  plan();
  const auto unchanged = commit();
  EXPECT_EQ(unchanged.files, 1U) << "the commit record";
}

TEST_F(KeptFilesTest, GoWhenNoRetainedEpochNeedsThem) {
  open();
  for (int epoch = 0; epoch < 4; ++epoch) run_epoch();
  list_ = "003.data\n";
  write("LIST", list_);
  for (int epoch = 0; epoch < 3; ++epoch) {
    plan();
    commit();
  }
  EXPECT_EQ(kept("002.data"), "");
  EXPECT_NE(kept("003.data"), "");
  open();
  EXPECT_EQ(list_, "003.data\n");
}

TEST_F(KeptFilesTest, ADamagedOneIsRefusedByName) {
  open();
  run_epoch();
  checkpoint_.reset();
  for (const std::string ending : {"000.data", "LIST"}) {
    const std::string path = kept(ending);
    const std::string content = files_.read(path);
    for (const std::string& damaged : {content + "x", content.substr(1), "X" + content.substr(1)}) {
      files_.replace_content(path, damaged);
      try {
        open();
        FAIL() << "it was used";
      } catch (const CheckpointError& error) {
        EXPECT_EQ(error.fault, CheckpointFault::damaged);
        EXPECT_THAT(error.what(), HasSubstr(path));
      }
      const auto found = inspect_checkpoint(files_, directory);
      ASSERT_EQ(found.problems.size(), 1U);
      EXPECT_THAT(found.problems[0], HasSubstr(path));
    }
    files_.replace_content(path, content);
  }
  open();
  EXPECT_EQ(next_, 1U);
}

TEST_F(KeptFilesTest, InspectionTellsTheStateByTransform) {
  open();
  run_epoch();
  const auto found = inspect_checkpoint(files_, directory);
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.state.at("counts").bytes, 12U);
}

TEST_F(KeptFilesTest, TheStoreNeverWritesIntoTheCheckpointsCopy) {
  open();
  run_epoch();
  open();
  write("LIST", "scribbled");
  EXPECT_EQ(files_.read(kept("LIST")), "000.data\n");
}

TEST_F(KeptFilesTest, LoseNothingThatWasCommittedWhenThePowerGoes) {
  for (std::uint64_t after = 0; after < 60; ++after) {
    files_.power_loss();
    open();
    const std::uint64_t before = next_;
    files_.lose_power_at_operation(after);
    try {
      run_epoch();
      run_epoch();
    } catch (const PowerLost&) {
    }
    const std::uint64_t committed = next_;
    checkpoint_.reset();
    files_.power_loss(&rng_);
    open();
    ASSERT_GE(next_, std::max(before, committed)) << after;
    ASSERT_EQ(std::count(list_.begin(), list_.end(), '\n'), static_cast<long>(next_)) << after;
  }
}

}  // namespace
}  // namespace millrace

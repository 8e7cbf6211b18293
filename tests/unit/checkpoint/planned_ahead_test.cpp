// Epochs whose plan is in the commit record before them: every odd one here.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/archive.hpp"
#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/inspection.hpp"
#include "core/checkpoint/rollback.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"
#include "tests/support/stride.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using ::testing::HasSubstr;

const std::string directory = "/disk/checkpoint";

struct Small : SmallPipeline {
  explicit Small(MemoryFileSystem& files, std::uint64_t retain = 4)
      : SmallPipeline(files, 8, retain) {
    plan_ahead();
  }
};

class PlannedAhead : public ::testing::Test {
 protected:
  void run(std::uint64_t epochs, std::uint64_t retain = 4) {
    Small pipeline(files_, retain);
    pipeline.open();
    while (pipeline.next_epoch() < epochs) pipeline.run_epoch();
  }
  std::string refusal() {
    try {
      Small(files_).open();
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }
  void remove_files_of(const std::string& epoch, const std::string& ending) {
    for (const std::string& name : files_.list(directory + "/epochs"))
      if (name.starts_with("0000000000000000000" + epoch + "-") && name.ends_with(ending))
        files_.remove(directory + "/epochs/" + name);
  }

  MemoryFileSystem files_;
  ManualClock clock_{5'000'000};
  Rng rng_{7};
};

TEST_F(PlannedAhead, AnEpochRunsAgainAsTheRecordBeforeItSays) {
  run(3);
  Small pipeline(files_);
  pipeline.open();
  ASSERT_TRUE(pipeline.checkpoint().recovered().rerun);
  EpochPlan plan = *pipeline.checkpoint().recovered().rerun;
  plan.parent.clear();
  EXPECT_EQ(to_json(plan), to_json(SmallPipeline::plan(3)));
  EXPECT_THROW(pipeline.checkpoint().write_plan(SmallPipeline::plan(3)), Error);
  pipeline.run_epoch();
  for (const std::string& name : files_.list(directory + "/epochs"))
    EXPECT_FALSE(name.starts_with("00000000000000000003-") && name.ends_with(".plan")) << name;
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 4);
  EXPECT_FALSE(pipeline.checkpoint().recovered().rerun);
  EXPECT_EQ(pipeline.state(), pipeline.expected(4));
}

TEST_F(PlannedAhead, NeedsNoRecordThatRetentionTook) {
  run(6, 1);
  Small pipeline(files_, 1);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 6);
  EXPECT_EQ(pipeline.state(), pipeline.expected(6));
}

TEST_F(PlannedAhead, AMissingPlanIsStillMissed) {
  run(5);
  remove_files_of("4", ".plan");
  EXPECT_THAT(refusal(), HasSubstr("is there, but the plan of its epoch is not"));
}

TEST_F(PlannedAhead, ASecondPlanIsRefused) {
  run(3);
  // As a release would write it that knows nothing of the first.
  MemoryFileSystem others;
  SmallPipeline other(others, 8, 4);
  other.open();
  while (other.next_epoch() < 3) other.run_epoch();
  other.checkpoint().write_plan(SmallPipeline::plan(3));
  for (const std::string& name : others.list(directory + "/epochs")) {
    if (!name.starts_with("00000000000000000003-")) continue;
    const auto file = files_.create(directory + "/epochs/" + name);
    file->write(others.read(directory + "/epochs/" + name));
    file->close();
  }
  EXPECT_THAT(refusal(), HasSubstr("a second plan"));
}

TEST_F(PlannedAhead, LeavesACommittedEpochWhenThePowerGoesAtAnyOperation) {
  constexpr std::uint64_t epochs = 5;
  for (std::uint64_t operation = 0, seed = 0;; operation += test::stride(3), ++seed) {
    MemoryFileSystem files;
    Small pipeline(files, 2);
    files.lose_power_at_operation(operation);
    std::uint64_t committed = 0;
    bool lost = false;
    try {
      pipeline.open();
      while (pipeline.next_epoch() < epochs) {
        pipeline.run_epoch();
        ++committed;
      }
    } catch (const PowerLost&) {
      lost = true;
    }
    if (!lost) break;
    Rng survivors(seed);
    files.power_loss(&survivors);
    Small again(files, 2);
    ASSERT_NO_THROW(again.open()) << operation;
    ASSERT_GE(again.next_epoch(), committed) << operation;
    ASSERT_LE(again.next_epoch(), committed + 1) << operation;
    ASSERT_EQ(again.state(), again.expected(again.next_epoch())) << operation;
    while (again.next_epoch() < epochs) again.run_epoch();
    again.open();
    ASSERT_EQ(again.state(), again.expected(epochs)) << operation;
  }
}

TEST_F(PlannedAhead, IsGivenUpWhereAnOperatorGoesBack) {
  run(3);
  {
    Rollback going_back(files_, clock_, rng_, directory, 1);
    ASSERT_TRUE(going_back.preview().given_up);
    EXPECT_EQ(going_back.preview().given_up->epoch, 3);
    going_back.carry_out();
  }
  Small pipeline(files_);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 4);
  EXPECT_FALSE(pipeline.checkpoint().recovered().rerun);
  EXPECT_EQ(pipeline.state(), pipeline.expected(2));
}

TEST_F(PlannedAhead, AnOperatorGoesBackFromOne) {
  run(4);
  Rollback(files_, clock_, rng_, directory, 2).carry_out();
  Small pipeline(files_);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 5);
  EXPECT_FALSE(pipeline.checkpoint().recovered().rerun) << "that was of the epoch as it first ran";
  EXPECT_EQ(pipeline.state(), pipeline.expected(3));
}

TEST_F(PlannedAhead, MovesInAnArchiveWithAndWithoutItsPlan) {
  run(4);
  for (const std::uint64_t epoch : {2U, 3U}) {
    const std::string file = "/disk/kept-" + std::to_string(epoch);
    const std::string copy = "/disk/copy-" + std::to_string(epoch);
    export_epoch(files_, rng_, directory, epoch, file);
    EXPECT_EQ(import_epoch(files_, rng_, file, copy, true).epoch, epoch);
    const auto found = inspect_checkpoint(files_, copy);
    EXPECT_THAT(found.problems, ::testing::IsEmpty());
    EXPECT_EQ(found.newest, epoch);
  }
}

TEST_F(PlannedAhead, IsShownAsPlanned) {
  run(3);
  const auto found = inspect_checkpoint(files_, directory);
  EXPECT_THAT(found.problems, ::testing::IsEmpty());
  EXPECT_EQ(found.newest, 2);
  ASSERT_TRUE(found.epochs.at(3).plan);
  EXPECT_EQ(found.epochs.at(3).plan->epoch, 3);
}

}  // namespace
}  // namespace millrace

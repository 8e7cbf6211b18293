// Going back to an earlier epoch: what it leaves, whatever happens in the middle of it.

#include "core/checkpoint/rollback.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using ::testing::HasSubstr;

constexpr const char* directory = "/disk/checkpoint";
constexpr std::uint64_t retained = 4;

class RollbackTest : public ::testing::Test {
 protected:
  // Epochs 0 to `epochs` - 1 are committed; 3 to 6 of seven are retained.
  static void run(MemoryFileSystem& files, std::uint64_t epochs) {
    SmallPipeline pipeline(files, 8, retained);
    pipeline.open();
    while (pipeline.next_epoch() < epochs) pipeline.run_epoch();
  }
  Rollback rollback(MemoryFileSystem& files, std::uint64_t to) {
    return {files, clock_, rng_, directory, to};
  }
  std::string refusal(std::uint64_t to) {
    try {
      rollback(files_, to);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }

  MemoryFileSystem files_;
  ManualClock clock_{5'000'000};
  Rng rng_{7};
};

TEST_F(RollbackTest, RestoresStateAndPositionsAndGoesOnWithNewEpochs) {
  run(files_, 7);
  rollback(files_, 4).carry_out();
  SmallPipeline pipeline(files_, 8, retained);
  pipeline.open();
  EXPECT_EQ(pipeline.state(), pipeline.expected(5));
  EXPECT_EQ(pipeline.next_epoch(), 8);
  const auto& last = *pipeline.checkpoint().recovered().last;
  EXPECT_EQ(last.positions.at("events"), "5");
  EXPECT_EQ(last.receipts.at("out"), "part-6") << "the newest epoch's sinks may not know yet";
  EXPECT_FALSE(pipeline.checkpoint().recovered().rerun);
  const auto before = pipeline.state();
  pipeline.run_epoch();
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 9);
  EXPECT_NE(pipeline.state(), before);
}

TEST_F(RollbackTest, RestoresChangesThatWereInTheCommitRecord) {
  run(files_, 7);
  {
    auto going_back = rollback(files_, 5);
    ASSERT_TRUE(going_back.preview().target.state_files.back().in_record());
    going_back.carry_out();
  }
  SmallPipeline pipeline(files_, 8, retained);
  pipeline.open();
  EXPECT_EQ(pipeline.state(), pipeline.expected(6));
  const auto& chain = pipeline.checkpoint().recovered().last->state_files;
  EXPECT_TRUE(chain.back().in_record());
  pipeline.run_epoch();
  EXPECT_EQ(pipeline.last_commit().files, 2U) << "a file with both epochs' changes, the record";
  const auto state = pipeline.state();
  pipeline.open();
  EXPECT_EQ(pipeline.state(), state);
}

TEST_F(RollbackTest, SaysWhatIsReadAgain) {
  run(files_, 7);
  const auto going_back = rollback(files_, 4);
  const auto& preview = going_back.preview();
  EXPECT_EQ(preview.newest.epoch, 6);
  EXPECT_EQ(preview.target.epoch, 4);
  EXPECT_EQ(preview.epoch, 7);
  EXPECT_FALSE(preview.given_up);
  ASSERT_EQ(preview.again.at("events").size(), 1);
  EXPECT_EQ(preview.again.at("events").at("p0"), (std::pair<std::int64_t, std::int64_t>(5, 7)));
}

TEST_F(RollbackTest, WithoutCarryingOutChangesNothing) {
  run(files_, 7);
  rollback(files_, 4);
  SmallPipeline pipeline(files_, 8, retained);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 7);
  EXPECT_EQ(pipeline.state(), pipeline.expected(7));
}

TEST_F(RollbackTest, GivesAnEpochUpThatWasPlannedOnly) {
  run(files_, 6);
  {
    SmallPipeline pipeline(files_, 8, retained);
    pipeline.open();
    pipeline.checkpoint().write_plan(SmallPipeline::plan(6));
  }
  {
    auto going_back = rollback(files_, 5);
    ASSERT_TRUE(going_back.preview().given_up);
    EXPECT_EQ(going_back.preview().given_up->epoch, 6);
    EXPECT_EQ(going_back.preview().again.at("events").at("p0").second, 7);
    going_back.carry_out();
  }
  SmallPipeline pipeline(files_, 8, retained);
  pipeline.open();
  EXPECT_FALSE(pipeline.checkpoint().recovered().rerun);
  EXPECT_EQ(pipeline.next_epoch(), 7);
  EXPECT_EQ(pipeline.state(), pipeline.expected(6));
}

TEST_F(RollbackTest, CanBeTakenBackItself) {
  run(files_, 7);
  rollback(files_, 4).carry_out();
  rollback(files_, 6).carry_out();
  SmallPipeline pipeline(files_, 8, retained);
  pipeline.open();
  EXPECT_EQ(pipeline.state(), pipeline.expected(7));
  EXPECT_EQ(pipeline.next_epoch(), 9);
}

TEST_F(RollbackTest, RefusesEpochsThatAreGoneAndNamesTheOthers) {
  EXPECT_THAT(refusal(0), HasSubstr("is not a checkpoint"));
  run(files_, 7);
  EXPECT_THAT(refusal(2), HasSubstr("cannot go back to epoch 2: it is at epoch 6, and the epochs "
                                    "that it can go back to are: 3, 4, 5"));
  EXPECT_THAT(refusal(6), HasSubstr("3, 4, 5")) << "there is nothing to take back";
  EXPECT_THAT(refusal(7), HasSubstr("3, 4, 5"));
}

TEST_F(RollbackTest, RefusesWhileAProcessHoldsTheCheckpoint) {
  SmallPipeline pipeline(files_, 8, retained);
  pipeline.open();
  while (pipeline.next_epoch() < 3) pipeline.run_epoch();
  EXPECT_THAT(refusal(1), HasSubstr("is in use"));
  EXPECT_NO_THROW(pipeline.run_epoch());
}

TEST_F(RollbackTest, RefusesStateThatIsDamaged) {
  run(files_, 7);
  for (const auto& name : files_.list("/disk/checkpoint/state")) {
    auto bytes = files_.read("/disk/checkpoint/state/" + name);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    files_.replace_content("/disk/checkpoint/state/" + name, bytes);
  }
  EXPECT_THAT(refusal(4), HasSubstr("is damaged"));
}

TEST_F(RollbackTest, LeavesTheOldOrTheNewCheckpointWhereverThePowerGoes) {
  MemoryFileSystem counted;
  run(counted, 7);
  const auto before = counted.operations();
  rollback(counted, 4).carry_out();
  const auto operations = counted.operations() - before;
  ASSERT_GT(operations, 10u);
  int old = 0;
  int taken_back = 0;
  for (std::uint64_t operation = 0; operation <= operations; ++operation)
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const auto where = "operation " + std::to_string(operation) + " seed " + std::to_string(seed);
      MemoryFileSystem files;
      run(files, 7);
      files.lose_power_at_operation(operation);
      bool returned = false;
      try {
        rollback(files, 4).carry_out();
        returned = true;
      } catch (const PowerLost&) {
      }
      Rng survivors(seed);
      if (seed == 0)
        files.process_death();
      else
        files.power_loss(seed == 1 ? nullptr : &survivors);
      SmallPipeline pipeline(files, 8, retained);
      ASSERT_NO_THROW(pipeline.open()) << where;
      ASSERT_FALSE(pipeline.checkpoint().recovered().rerun) << where;
      if (pipeline.next_epoch() == 8) {
        ++taken_back;
        ASSERT_EQ(pipeline.state(), pipeline.expected(5)) << where;
      } else {
        ++old;
        ASSERT_FALSE(returned) << where;
        ASSERT_EQ(pipeline.next_epoch(), 7) << where;
        ASSERT_EQ(pipeline.state(), pipeline.expected(7)) << where;
      }
      ASSERT_NO_THROW(pipeline.run_epoch()) << where;
    }
  EXPECT_GT(old, 0);
  EXPECT_GT(taken_back, 0);
}

}  // namespace
}  // namespace millrace

#include "core/checkpoint/checkpoint.hpp"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/system/memory_file_system.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string directory = "/disk/checkpoint";

class CheckpointTest : public testing::Test {
 protected:
  template <typename Action>
  static CheckpointFault fault_of(Action action, const std::string& text) {
    try {
      action();
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), HasSubstr(text));
      return error.fault;
    }
    ADD_FAILURE() << "no error";
    return {};
  }

  std::unique_ptr<Checkpoint> open(const CheckpointOptions& options) {
    return Checkpoint::open(files_, clock_, rng_, directory, options);
  }

  MemoryFileSystem files_;
  ManualClock clock_{5000};
  Rng rng_{1};
  SmallPipeline pipeline_{files_};
};

TEST_F(CheckpointTest, IsFreshInANewDirectory) {
  pipeline_.open();
  EXPECT_TRUE(pipeline_.checkpoint().durable());
  EXPECT_FALSE(pipeline_.checkpoint().recovered().last.has_value());
  EXPECT_FALSE(pipeline_.checkpoint().recovered().rerun.has_value());
  EXPECT_EQ(pipeline_.next_epoch(), 0u);
  EXPECT_EQ(files_.status(directory)->mode, 0700u);
}

TEST_F(CheckpointTest, GoesOnAfterTheLastCommit) {
  pipeline_.open();
  for (int i = 0; i < 5; ++i) pipeline_.run_epoch();
  SmallPipeline restarted(files_);
  pipeline_.close();
  restarted.open();
  const Recovered& recovered = restarted.checkpoint().recovered();
  ASSERT_TRUE(recovered.last.has_value());
  EXPECT_EQ(recovered.last->epoch, 4u);
  EXPECT_EQ(recovered.last->positions.at("events"), "5");
  EXPECT_EQ(recovered.last->receipts.at("out"), "part-4");
  EXPECT_FALSE(recovered.rerun.has_value());
  EXPECT_EQ(restarted.state(), restarted.expected(5));
}

TEST_F(CheckpointTest, HandsOutThePlanThatWasNotCommitted) {
  pipeline_.open();
  pipeline_.run_epoch();
  EpochPlan plan = SmallPipeline::plan(1);
  plan.time_us = 123456;
  pipeline_.checkpoint().write_plan(plan);
  pipeline_.open();
  ASSERT_TRUE(pipeline_.checkpoint().recovered().rerun.has_value());
  EXPECT_EQ(pipeline_.checkpoint().recovered().rerun->epoch, 1u);
  EXPECT_EQ(pipeline_.checkpoint().recovered().rerun->time_us, 123456);
  EXPECT_EQ(pipeline_.checkpoint().recovered().last->epoch, 0u);
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(1));
  pipeline_.run_epoch();
  pipeline_.open();
  EXPECT_EQ(pipeline_.next_epoch(), 2u);
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(2));
}

TEST_F(CheckpointTest, HandsOutThePlanOfTheFirstEpoch) {
  pipeline_.open();
  pipeline_.checkpoint().write_plan(SmallPipeline::plan(0));
  pipeline_.open();
  ASSERT_TRUE(pipeline_.checkpoint().recovered().rerun.has_value());
  EXPECT_FALSE(pipeline_.checkpoint().recovered().last.has_value());
  EXPECT_EQ(pipeline_.next_epoch(), 0u);
}

TEST_F(CheckpointTest, KeepsStateThroughSnapshotsAndDeltasForHundredsOfEpochs) {
  SmallPipeline large(files_, 40000);  // so that half of a snapshot is exceeded now and then
  large.open();
  int snapshots = 0;
  for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
    large.run_epoch();
    snapshots += large.last_commit().snapshot ? 1 : 0;
    if (epoch % 17 == 0) {
      large.open();
      ASSERT_EQ(large.state(), large.expected(epoch + 1)) << "epoch " << epoch;
    }
  }
  EXPECT_GT(snapshots, 2);
  EXPECT_LT(snapshots, 50);
}

TEST_F(CheckpointTest, ForgetsStateThatASnapshotFoundEmpty) {
  CheckpointOptions options{"p", 1, 3};
  options.changes_in_record_max = 0;
  auto checkpoint = open(options);
  for (std::uint64_t epoch = 0; epoch < 70; ++epoch) {
    checkpoint->write_plan(SmallPipeline::plan(epoch));
    auto state = checkpoint->begin_state(epoch, StateForm::pieces);
    state->begin("counts", 0);
    if (!state->snapshot() || epoch == 0) state->append("x");  // a later snapshot finds nothing
    checkpoint->commit(SmallPipeline::commit_of(epoch), std::move(state));
    if (epoch == 65) break;
  }
  checkpoint.reset();
  checkpoint = open({"p", 1, 3});
  std::string loaded;
  checkpoint->load_state("counts", 0, [&](std::string_view record) { loaded += record; });
  EXPECT_EQ(loaded, "");  // epoch 65 is the first snapshot after the first
}

TEST_F(CheckpointTest, KeepsStateWhenAnEpochChangesNone) {
  pipeline_.open();
  pipeline_.run_epoch();
  pipeline_.checkpoint().write_plan(SmallPipeline::plan(1));
  pipeline_.checkpoint().commit(SmallPipeline::commit_of(1), nullptr);
  pipeline_.open();
  EXPECT_EQ(pipeline_.next_epoch(), 2u);
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(1));
}

TEST_F(CheckpointTest, KeepsItsShardsWhateverTheConfigurationSays) {
  const std::string job = open({"p", 16, 3})->format().job_id;
  const auto checkpoint = open({"p", 8, 3});
  EXPECT_EQ(checkpoint->format().shards, 16u);
  EXPECT_EQ(checkpoint->format().job_id, job);
  EXPECT_EQ(checkpoint->format().created_us, 5000);
}

TEST_F(CheckpointTest, KeepsTheNewestEpochsOnly) {
  pipeline_.open();
  for (int i = 0; i < 100; ++i) pipeline_.run_epoch();
  EXPECT_EQ(files_.list(directory + "/epochs").size(), 6u);
  EXPECT_LE(files_.list(directory + "/state").size(), 66u);
  std::uint64_t bytes = 0;
  for (const std::string below : {"/epochs", "/state"}) {
    for (const std::string& name : files_.list(directory + below)) {
      bytes += files_.status(directory + below + "/" + name)->size;
    }
  }
  EXPECT_EQ(pipeline_.checkpoint().total_bytes(), bytes);
  pipeline_.open();
  EXPECT_EQ(pipeline_.checkpoint().total_bytes(), bytes);
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(100));
}

TEST_F(CheckpointTest, RemovesWhatADeadProcessWasWriting) {
  pipeline_.open();
  pipeline_.run_epoch();
  pipeline_.close();
  files_.create(directory + "/epochs/00000000000000000001-aaaaaaaa.plan.tmp");
  files_.create(directory + "/state/00000000000000000001-aaaaaaaa.delta.tmp");
  files_.create(directory + "/FORMAT.tmp");
  pipeline_.open();
  for (const std::string below : {"", "/epochs", "/state"}) {
    for (const std::string& name : files_.list(directory + below)) {
      EXPECT_FALSE(name.ends_with(".tmp")) << name;
    }
  }
}

TEST_F(CheckpointTest, RemovesStateThatWasNeverCommitted) {
  pipeline_.open();
  pipeline_.run_epoch();
  pipeline_.close();
  const auto committed = files_.list(directory + "/state");
  files_.create(directory + "/state/00000000000000000001-aaaaaaaa.delta");
  pipeline_.open();
  EXPECT_EQ(files_.list(directory + "/state"), committed);
}

TEST_F(CheckpointTest, LetsOneProcessInAndSaysWhoItIs) {
  pipeline_.open();
  SmallPipeline second(files_);
  EXPECT_EQ(fault_of([&] { second.open(); }, "it is used by process 1 on memory"),
            CheckpointFault::in_use);
  pipeline_.run_epoch();
  pipeline_.close();
  second.open();
  EXPECT_EQ(second.next_epoch(), 1u);
}

TEST_F(CheckpointTest, RefusesTheCheckpointOfAnotherPipeline) {
  open({"views", 1, 3});
  EXPECT_EQ(fault_of(
                [&] {
                  open({"clicks", 1, 3});
                },
                "views, not clicks"),
            CheckpointFault::incompatible);
}

TEST_F(CheckpointTest, RefusesADirectoryThatHoldsSomethingElse) {
  files_.make_directories(directory);
  files_.create(directory + "/letters.txt");
  EXPECT_EQ(fault_of([&] { open({"p", 1, 3}); }, "letters.txt"), CheckpointFault::incompatible);
}

TEST_F(CheckpointTest, RefusesADirectoryThatOthersMayChange) {
  files_.make_directories(directory);
  files_.set_mode(directory, 0775);
  EXPECT_EQ(fault_of([&] { open({"p", 1, 3}); }, "chmod go-w"), CheckpointFault::unusable);
  files_.set_mode(directory, 0755);
  files_.set_owner(directory, 77);
  EXPECT_EQ(fault_of(
                [&] {
                  open({"p", 1, 3});
                },
                "owner 77, this process 1000"),
            CheckpointFault::unusable);
}

TEST_F(CheckpointTest, RefusesEpochsWithoutTheFormatFile) {
  pipeline_.open();
  pipeline_.run_epoch();
  pipeline_.close();
  files_.remove(directory + "/FORMAT");
  EXPECT_EQ(fault_of([&] { pipeline_.open(); }, "FORMAT is missing"), CheckpointFault::damaged);
}

TEST_F(CheckpointTest, RefusesAnEpochOutOfTurn) {
  pipeline_.open();
  Checkpoint& checkpoint = pipeline_.checkpoint();
  EXPECT_THROW(checkpoint.write_plan(SmallPipeline::plan(1)), Error);
  EXPECT_THROW(checkpoint.commit(SmallPipeline::commit_of(0), nullptr), Error) << "not planned";
  checkpoint.write_plan(SmallPipeline::plan(0));
  EXPECT_THROW(checkpoint.write_plan(SmallPipeline::plan(0)), Error) << "planned before";
  EXPECT_THROW(checkpoint.begin_state(1, StateForm::pieces), Error);
  EXPECT_NO_THROW(checkpoint.commit(SmallPipeline::commit_of(0), nullptr));
}

TEST_F(CheckpointTest, KeepsNothingWithoutADirectory) {
  const auto checkpoint = Checkpoint::none(clock_, rng_, {"p", 4, 3});
  EXPECT_FALSE(checkpoint->durable());
  EXPECT_EQ(checkpoint->format().shards, 4u);
  checkpoint->write_plan(SmallPipeline::plan(0));
  EXPECT_EQ(checkpoint->begin_state(0, StateForm::pieces), nullptr);
  EXPECT_EQ(checkpoint->commit(SmallPipeline::commit_of(0), nullptr).files, 0u);
  EXPECT_EQ(checkpoint->recovered().next_epoch(), 0u);
  EXPECT_THAT(files_.list("/"), IsEmpty());
}

}  // namespace
}  // namespace millrace

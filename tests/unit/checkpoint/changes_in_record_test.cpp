// Epochs that change little: their changes are in the commit record until there are too many.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/format_file.hpp"
#include "core/checkpoint/inspection.hpp"
#include "core/checkpoint/state_files.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"
#include "tests/support/stride.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const std::string directory = "/disk/checkpoint";

class ChangesInRecordTest : public testing::Test {
 protected:
  std::vector<StateFile> chain() {
    const auto found = inspect_checkpoint(files_, directory);
    return found.epochs.at(*found.newest).commit->state_files;
  }
  std::size_t state_files() { return files_.list(directory + "/state").size(); }
  void run_to(std::uint64_t epochs) {
    while (pipeline_.next_epoch() < epochs) pipeline_.run_epoch();
  }

  MemoryFileSystem files_;
  SmallPipeline pipeline_{files_};
};

TEST_F(ChangesInRecordTest, AnEpochOfFewChangesWritesItsPlanAndItsRecordOnly) {
  pipeline_.changes_in_record_max(4096);
  pipeline_.open();
  run_to(20);
  EXPECT_EQ(pipeline_.last_commit().files, 1U);
  EXPECT_FALSE(pipeline_.last_commit().snapshot);
  EXPECT_EQ(state_files(), 1U) << "the snapshot of epoch 0";
  ASSERT_THAT(chain(), SizeIs(2));
  EXPECT_EQ(chain()[1].epoch, 19U);
  pipeline_.open();
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(20));
}

TEST_F(ChangesInRecordTest, WhatTheRecordHasGoesIntoTheFileOfTheEpochThatIsTooMuch) {
  pipeline_.open();
  run_to(2);
  EXPECT_TRUE(chain().back().in_record());
  EXPECT_EQ(pipeline_.last_commit().files, 1U);
  run_to(3);
  EXPECT_EQ(pipeline_.last_commit().files, 2U);
  ASSERT_THAT(chain(), SizeIs(2));
  EXPECT_FALSE(chain().back().in_record());
  run_to(4);
  ASSERT_THAT(chain(), SizeIs(3));
  EXPECT_TRUE(chain().back().in_record());
  pipeline_.open();
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(4));
}

TEST_F(ChangesInRecordTest, AreCarriedOnAcrossEpochsAndRestarts) {
  pipeline_.changes_in_record_max(500);
  for (std::uint64_t epoch = 0; epoch < 100; ++epoch) {
    if (epoch % 3 == 0) pipeline_.open();
    ASSERT_EQ(pipeline_.next_epoch(), epoch);
    ASSERT_EQ(pipeline_.state(), pipeline_.expected(epoch)) << epoch;
    pipeline_.run_epoch();
  }
}

TEST_F(ChangesInRecordTest, StayWhereAnEpochChangesNothing) {
  pipeline_.open();
  run_to(2);
  pipeline_.checkpoint().write_plan(SmallPipeline::plan(2));
  pipeline_.checkpoint().commit(SmallPipeline::commit_of(2), nullptr);
  EXPECT_TRUE(chain().back().in_record());
  EXPECT_EQ(chain().back().epoch, 1U);
  pipeline_.open();
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(2));
}

TEST_F(ChangesInRecordTest, GetAFileWhereLessIsAllowedThanBefore) {
  pipeline_.changes_in_record_max(4096);
  pipeline_.open();
  run_to(10);
  pipeline_.changes_in_record_max(0);
  pipeline_.open();
  run_to(11);
  ASSERT_THAT(chain(), SizeIs(2));
  EXPECT_FALSE(chain().back().in_record());
  pipeline_.open();
  EXPECT_EQ(pipeline_.state(), pipeline_.expected(11));
}

// A record whose file is sound.
TEST_F(ChangesInRecordTest, ThatMakeNoSenseAreRefusedWithTheNameOfTheRecord) {
  pipeline_.open();
  run_to(2);
  pipeline_.close();
  std::string path;
  for (const std::string& name : files_.list(directory + "/epochs"))
    if (name.starts_with("00000000000000000001-") && name.ends_with(".commit")) path = name;
  const EpochFileName name = *parse_epoch_file_name(path);
  EpochLog log(files_, directory + "/epochs", {read_format_file(files_, directory).job, {}});
  EpochCommit record = log.read_commit(name).record;
  record.state_files.back().content.pop_back();
  record.state_files.back().size -= 1;
  files_.remove(directory + "/epochs/" + path);
  log.write(record);
  try {
    pipeline_.open();
    FAIL();
  } catch (const CheckpointError& error) {
    EXPECT_EQ(error.fault, CheckpointFault::damaged);
    EXPECT_THAT(error.what(), HasSubstr(directory + "/epochs/00000000000000000001-"));
    EXPECT_THAT(error.what(), HasSubstr("changes of state are cut off"));
  }
}

// Snapshots that take several epochs, most of which change little.
class ChangesBesideSnapshot : public ChangesInRecordTest {
 protected:
  struct MostlyLittle : SmallPipeline {
    explicit MostlyLittle(FileSystem& files)
        : SmallPipeline(files, 700'000, 2, nullptr, StateForm::parts) {
      change_little_but_every(3);
      changes_in_record_max(200);
    }
  };

  // The epochs whose changes are in the chain's links after its snapshot.
  std::vector<std::uint64_t> epochs_after_snapshot(std::vector<StateFile> links) {
    std::erase_if(links, [](const auto& link) { return link.kind == StateFileKind::snapshot; });
    const StateChain after(files_, directory + "/state", read_format_file(files_, directory).job,
                           links);
    std::vector<std::uint64_t> epochs;
    after.load("totals", 0, [&](std::string_view record) {
      epochs.push_back(std::stoull(std::string(record.substr(1, 8))));
    });
    return epochs;
  }
};

TEST_F(ChangesBesideSnapshot, ComeBackAndAreNotOlderThanIt) {
  std::uint64_t snapshots = 0;
  std::uint64_t in_record = 0;
  std::uint64_t before = 0;
  for (std::uint64_t epoch = 0; epoch < 100;) {
    MostlyLittle running(files_);
    running.open();
    ASSERT_EQ(running.next_epoch(), epoch);
    ASSERT_EQ(running.state(), running.expected(epoch)) << epoch;
    if (epoch > 0) {
      const auto& last = *running.checkpoint().recovered().last;
      const std::uint64_t snapshot = last.state_files.front().epoch;
      std::vector<std::uint64_t> expected;
      for (std::uint64_t after = snapshot + 1; after < epoch; ++after) expected.push_back(after);
      ASSERT_EQ(epochs_after_snapshot(last.state_files), expected) << epoch;
      snapshots += snapshot > std::exchange(before, snapshot) ? 1 : 0;
      in_record += last.state_files.back().in_record() ? 1 : 0;
    }
    for (const std::uint64_t end = epoch + 4 + epoch % 7; epoch < end; ++epoch) running.run_epoch();
  }
  EXPECT_GT(snapshots, 3U);
  EXPECT_GT(in_record, 3U);
}

TEST_F(ChangesBesideSnapshot, PowerMayGoAtAnyOperation) {
  Rng rng(5);
  std::uint64_t committed = 0;
  for (std::uint64_t after = 0; after < 200; after += 3 * test::stride(3)) {
    MostlyLittle running(files_);
    files_.lose_power_at_operation(after);
    try {
      running.open();
      ASSERT_GE(running.next_epoch(), committed) << after;
      ASSERT_EQ(running.state(), running.expected(running.next_epoch())) << after;
      for (;;) {
        committed = running.next_epoch();
        running.run_epoch();
      }
    } catch (const PowerLost&) {
    }
    running.close();
    files_.power_loss(&rng);
  }
  EXPECT_GT(committed, 50U / test::stride(3));
}

TEST_F(ChangesInRecordTest, ASnapshotInPartsBeginsLaterWhereItsEpochHadNoState) {
  ManualClock clock(0);
  Rng rng(1);
  std::uint64_t epoch = 0;
  const auto open = [&] {
    return Checkpoint::open(files_, clock, rng, directory, {"small", 1, 3});
  };
  auto checkpoint = open();
  const auto run = [&](const std::string& changes, bool kept) {
    checkpoint->write_plan(SmallPipeline::plan(epoch));
    auto writer = checkpoint->begin_state(epoch, StateForm::parts);
    writer->begin("counts", 0);
    if (kept) writer->append(changes);
    auto* const part = kept ? writer->part() : nullptr;
    if (part != nullptr) {
      EXPECT_TRUE(part->begins());
      part->begin("counts", 0);
      part->append("all");
      part->finish();
    }
    if (!kept) writer.reset();
    checkpoint->commit(SmallPipeline::commit_of(epoch++), std::move(writer));
    return part != nullptr;
  };
  EXPECT_FALSE(run("base", true));
  EXPECT_FALSE(run(std::string(std::size_t{2} << 20, 'x'), true));
  EXPECT_FALSE(run("", false)) << "a snapshot is due";
  EXPECT_TRUE(run("few", true));
  EXPECT_FALSE(run("later", true));
  checkpoint.reset();
  checkpoint = open();
  const auto chain = checkpoint->recovered().last->state_files;
  ASSERT_THAT(chain, SizeIs(2));
  EXPECT_EQ(chain[0].kind, StateFileKind::snapshot);
  EXPECT_EQ(chain[0].epoch, 3U);
  EXPECT_TRUE(chain[1].in_record());
  std::vector<std::string> loaded;
  checkpoint->load_state("counts", 0,
                         [&](std::string_view record) { loaded.emplace_back(record); });
  EXPECT_EQ(loaded, (std::vector<std::string>{"all", "later"}));
}

}  // namespace
}  // namespace millrace

#include "core/checkpoint/parted_snapshot.hpp"

#include <gtest/gtest.h>

#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"
#include "tests/support/stride.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

// With values so large that a snapshot takes several epochs.
SmallPipeline large_pipeline(FileSystem& files) {
  return SmallPipeline(files, 700'000, 2, nullptr, StateForm::parts);
}

TEST(PartedSnapshot, TakesThePlaceOfTheChainOnceItIsWhole) {
  MemoryFileSystem files;
  SmallPipeline pipeline = large_pipeline(files);
  pipeline.open();
  int snapshots = 0;
  std::size_t files_most = 0;
  for (std::uint64_t epoch = 0; epoch < 30; ++epoch) {
    pipeline.run_epoch();
    if (pipeline.last_commit().snapshot) ++snapshots;
    files_most = std::max(files_most, files.list("/disk/checkpoint/state").size());
  }
  EXPECT_GT(snapshots, 3);
  EXPECT_LT(files_most, 20U);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 30U);
  EXPECT_EQ(pipeline.state(), pipeline.expected(30));
}

TEST(PartedSnapshot, EveryEpochComesBackWhateverPartsWereWritten) {
  MemoryFileSystem files;
  for (std::uint64_t epoch = 0; epoch < 24;) {
    SmallPipeline pipeline = large_pipeline(files);
    pipeline.open();
    ASSERT_EQ(pipeline.next_epoch(), epoch);
    ASSERT_EQ(pipeline.state(), pipeline.expected(epoch)) << epoch;
    for (const std::uint64_t end = epoch + 1 + epoch % 6; epoch < end; ++epoch)
      pipeline.run_epoch();
  }
}

TEST(PartedSnapshot, PowerMayGoAtAnyOperation) {
  Rng rng(3);
  MemoryFileSystem files;
  std::uint64_t committed = 0;
  for (std::uint64_t after = 0; after < 160; after += 3 * test::stride(3)) {
    SmallPipeline pipeline = large_pipeline(files);
    files.lose_power_at_operation(after);
    try {
      pipeline.open();
      ASSERT_GE(pipeline.next_epoch(), committed) << after;
      ASSERT_EQ(pipeline.state(), pipeline.expected(pipeline.next_epoch())) << after;
      for (;;) {
        committed = pipeline.next_epoch();
        pipeline.run_epoch();
      }
    } catch (const PowerLost&) {
    }
    pipeline.close();
    files.power_loss(&rng);
  }
  EXPECT_GT(committed, 50U / test::stride(3));
}

// What a background thread does where the test says so.
class HeldBackground final : public Background {
 public:
  void start(Work work) override { work_ = std::move(work); }
  bool done() override { return work_ == nullptr; }
  void abandon() noexcept override { work_ = nullptr; }
  void let_go() {
    if (work_) std::exchange(work_, nullptr)();
  }

 private:
  Work work_;
};

TEST(PartedSnapshot, EpochsGoOnWhileItBecomesDurable) {
  MemoryFileSystem files;
  const WriterIdentity writer{};
  files.make_directories("/state");
  HeldBackground background;
  PartedSnapshot snapshot(files, "/state", writer, 7, background);
  EXPECT_TRUE(snapshot.begins());
  snapshot.next_epoch(0);
  EXPECT_GT(snapshot.bytes_wanted(), 0U);
  snapshot.begin("counts", 0);
  snapshot.append("everything");
  snapshot.finish();
  EXPECT_FALSE(snapshot.open());
  EXPECT_FALSE(snapshot.published());
  background.let_go();
  const auto file = snapshot.published();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->epoch, 7U);
  EXPECT_TRUE(files.exists("/state/" + file->name));
}

TEST(PartedSnapshot, OfNothingLeavesOnlyLaterChanges) {
  std::vector<StateFile> chain(3);
  for (std::uint64_t epoch = 6; epoch < 9; ++epoch) {
    chain[epoch - 6].name = std::to_string(epoch);
    chain[epoch - 6].epoch = epoch;
  }
  StateFile nothing;
  nothing.epoch = 7;
  const auto rebased = rebase(chain, nothing);
  ASSERT_EQ(rebased.size(), 1U);
  EXPECT_EQ(rebased[0].name, "8");
}

}  // namespace
}  // namespace millrace

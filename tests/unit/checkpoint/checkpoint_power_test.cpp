// The power goes, the process dies or the disk fails at every single operation of a few epochs.
// What is found afterwards must be the last committed epoch, with its state, or the one before it.

#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"
#include "tests/support/stride.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {

// Names the cases in the output of the tests.
static void PrintTo(const DiskFault& fault, std::ostream* out) {
  *out << (fault == DiskFault::no_space   ? "no space"
           : fault == DiskFault::io_error ? "I/O error"
           : fault == DiskFault::lie      ? "lie"
                                          : "read only");
}

namespace {

constexpr std::uint64_t epochs = 4;

// Starts again and finishes; checks that nothing was lost and nothing was done twice.
void recover_and_finish(MemoryFileSystem& files, std::uint64_t committed,
                        const std::string& where) {
  SmallPipeline pipeline(files, 8, 2);
  ASSERT_NO_THROW(pipeline.open()) << where;
  ASSERT_GE(pipeline.next_epoch(), committed) << where;
  ASSERT_LE(pipeline.next_epoch(), committed + 1) << where;
  ASSERT_EQ(pipeline.state(), pipeline.expected(pipeline.next_epoch())) << where;
  while (pipeline.next_epoch() < epochs) pipeline.run_epoch();
  pipeline.open();
  ASSERT_EQ(pipeline.next_epoch(), epochs) << where;
  ASSERT_EQ(pipeline.state(), pipeline.expected(epochs)) << where;
}

// Runs all epochs until something is thrown; returns how many commits had returned by then.
template <typename Thrown>
std::uint64_t run_until_thrown(SmallPipeline& pipeline) {
  std::uint64_t committed = 0;
  try {
    pipeline.open();
    while (pipeline.next_epoch() < epochs) {
      pipeline.run_epoch();
      ++committed;
    }
  } catch (const Thrown&) {
  }
  return committed;
}

std::uint64_t operations_of_a_run() {
  MemoryFileSystem files;
  SmallPipeline pipeline(files, 8, 2);
  run_until_thrown<PowerLost>(pipeline);
  return files.operations();
}

TEST(CheckpointPowerLoss, LeavesACommittedEpochAtEveryOperation) {
  const std::uint64_t operations = operations_of_a_run();
  ASSERT_GT(operations, 60u);
  for (std::uint64_t operation = 0; operation <= operations; ++operation) {
    MemoryFileSystem files;
    SmallPipeline pipeline(files, 8, 2);
    files.lose_power_at_operation(operation);
    const std::uint64_t committed = run_until_thrown<PowerLost>(pipeline);
    files.power_loss();
    ASSERT_NO_FATAL_FAILURE(
        recover_and_finish(files, committed, "operation " + std::to_string(operation)));
  }
}

TEST(CheckpointPowerLoss, LeavesACommittedEpochWhateverPartOfTheCacheSurvives) {
  const std::uint64_t operations = operations_of_a_run();
  for (std::uint64_t operation = 0; operation <= operations; ++operation) {
    for (std::uint64_t seed = 0; seed < 8; seed += test::stride(4)) {
      MemoryFileSystem files;
      SmallPipeline pipeline(files, 8, 2);
      files.lose_power_at_operation(operation);
      const std::uint64_t committed = run_until_thrown<PowerLost>(pipeline);
      Rng survivors(seed);
      files.power_loss(&survivors);
      ASSERT_NO_FATAL_FAILURE(recover_and_finish(
          files, committed,
          "operation " + std::to_string(operation) + " seed " + std::to_string(seed)));
    }
  }
}

TEST(CheckpointPowerLoss, LeavesACommittedEpochWhenItComesTwice) {
  // The second time the power goes while the first loss is being recovered from.
  const std::uint64_t operations = operations_of_a_run();
  for (std::uint64_t first = 0; first <= operations; first += 5 * test::stride(3)) {
    for (std::uint64_t second = 0; second < 20; ++second) {
      MemoryFileSystem files;
      Rng survivors(first * 100 + second);
      SmallPipeline pipeline(files, 8, 2);
      files.lose_power_at_operation(first);
      const std::uint64_t committed = run_until_thrown<PowerLost>(pipeline);
      files.power_loss(&survivors);
      SmallPipeline again(files, 8, 2);
      files.lose_power_at_operation(second);
      std::uint64_t known = committed;
      try {
        again.open();
        known = again.next_epoch();  // it was acted on, so it must stay
        while (again.next_epoch() < epochs) {
          again.run_epoch();
          ++known;
        }
      } catch (const PowerLost&) {
      }
      files.power_loss(&survivors);
      ASSERT_NO_FATAL_FAILURE(recover_and_finish(
          files, known, "operations " + std::to_string(first) + ", " + std::to_string(second)));
    }
  }
}

TEST(CheckpointProcessDeath, LeavesACommittedEpochAtEveryOperation) {
  const std::uint64_t operations = operations_of_a_run();
  for (std::uint64_t operation = 0; operation <= operations; ++operation) {
    MemoryFileSystem files;
    SmallPipeline pipeline(files, 8, 2);
    files.lose_power_at_operation(operation);
    const std::uint64_t committed = run_until_thrown<PowerLost>(pipeline);
    files.process_death();
    ASSERT_NO_FATAL_FAILURE(
        recover_and_finish(files, committed, "operation " + std::to_string(operation)));
  }
}

TEST(CheckpointProcessDeath, IsNotTakenBackByALossOfPowerAfterTheRestart) {
  // The killed process left names that are not durable; the restart acts on them.
  const std::uint64_t operations = operations_of_a_run();
  for (std::uint64_t operation = 0; operation <= operations; ++operation) {
    for (const std::uint64_t more : {0u, 1u}) {
      MemoryFileSystem files;
      SmallPipeline pipeline(files, 8, 2);
      files.lose_power_at_operation(operation);
      run_until_thrown<PowerLost>(pipeline);
      files.process_death();
      SmallPipeline again(files, 8, 2);
      again.open();
      for (std::uint64_t i = 0; i < more && again.next_epoch() < epochs; ++i) again.run_epoch();
      const std::uint64_t known = again.next_epoch();
      files.power_loss();
      ASSERT_NO_FATAL_FAILURE(
          recover_and_finish(files, known, "operation " + std::to_string(operation)));
    }
  }
}

class CheckpointDiskFault : public testing::TestWithParam<DiskFault> {};

TEST_P(CheckpointDiskFault, EndsTheRunAndLeavesACommittedEpochAtEveryOperation) {
  const std::uint64_t operations = operations_of_a_run();
  for (std::uint64_t operation = 0; operation < operations; ++operation) {
    MemoryFileSystem files;
    SmallPipeline pipeline(files, 8, 2);
    files.fail_operation(operation, GetParam());
    const std::uint64_t committed = run_until_thrown<CheckpointError>(pipeline);
    pipeline.close();
    files.power_loss();  // an operator may well switch the machine off
    ASSERT_NO_FATAL_FAILURE(
        recover_and_finish(files, committed, "operation " + std::to_string(operation)));
  }
}

INSTANTIATE_TEST_SUITE_P(All, CheckpointDiskFault,
                         testing::Values(DiskFault::no_space, DiskFault::io_error,
                                         DiskFault::read_only));

// Nothing tells at once. The next start finds the damage and names the file, or the state is right.
TEST(CheckpointDiskFault, ThatIsNotToldOfIsFoundByTheNextStart) {
  const std::uint64_t operations = operations_of_a_run();
  int found = 0;
  for (std::uint64_t operation = 0; operation < operations; ++operation) {
    for (const bool power_fails : {false, true}) {
      MemoryFileSystem files;
      SmallPipeline pipeline(files, 8, 2);
      files.fail_operation(operation, DiskFault::lie);
      run_until_thrown<CheckpointError>(pipeline);
      pipeline.close();
      if (power_fails)
        files.power_loss();
      else
        files.process_death();
      SmallPipeline again(files, 8, 2);
      try {
        again.open();
        ASSERT_EQ(again.state(), again.expected(again.next_epoch())) << "operation " << operation;
      } catch (const CheckpointError& error) {
        ASSERT_NE(std::string(error.what()).find("/disk/checkpoint/"), std::string::npos)
            << error.what();
        ++found;
      }
    }
  }
  EXPECT_GT(found, 10);
}

TEST(CheckpointDiskFault, MakesTheCheckpointUnusableUntilARestart) {
  MemoryFileSystem files;
  SmallPipeline pipeline(files);
  pipeline.open();
  pipeline.run_epoch();
  files.fail_operation(2, DiskFault::io_error);  // the sync of the plan
  EXPECT_THROW(pipeline.run_epoch(), CheckpointError);
  EXPECT_THROW(pipeline.run_epoch(), CheckpointError) << "not tried again on the same disk cache";
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 1u);
  EXPECT_NO_THROW(pipeline.run_epoch());
}

}  // namespace
}  // namespace millrace

// A decider beside the disk: whatever dies at whatever moment, each epoch is decided once, and the
// state is that of the epochs that were decided.

#include "core/checkpoint/decider.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/rollback.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"
#include "tests/support/stride.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t epochs = 4;

// A place that outlives the process: what was decided, and rows that readers see.
class Elsewhere final : public Decider {
 public:
  enum class Fate { decided, lost, decided_without_an_answer };

  std::string place() const override { return "elsewhere"; }

  std::optional<Marker> fence(const std::string&, const std::string& run) override {
    fenced_for = run;
    return marker;
  }

  void decide(const Marker& decided, const EpochCommit* record) override {
    EXPECT_EQ(decided.run, fenced_for) << "fenced first";
    if (record != nullptr) {
      EXPECT_EQ(record->epoch, static_cast<std::uint64_t>(decided.epoch));
      const Fate fate = calls++ == troubled_call ? trouble : Fate::decided;
      if (fate == Fate::lost) throw PowerLost();
      seen.push_back(decided.epoch);
      marker = decided;
      if (fate == Fate::decided_without_an_answer) throw PowerLost();
    }
    marker = decided;
  }

  std::optional<Marker> marker;
  std::vector<std::int64_t> seen;
  std::string fenced_for;
  int calls = 0;
  int troubled_call = -1;
  Fate trouble = Fate::decided;
};

class DeciderTest : public ::testing::Test {
 protected:
  // Runs to the end or until something is thrown.
  void run_on() {
    SmallPipeline pipeline(files(), 8, 1, &elsewhere);
    try {
      pipeline.open();
      while (pipeline.next_epoch() < epochs) pipeline.run_epoch();
    } catch (const PowerLost&) {
    }
  }

  void finish(const std::string& where) {
    SmallPipeline pipeline(files(), 8, 1, &elsewhere);
    ASSERT_NO_THROW(pipeline.open()) << where;
    ASSERT_EQ(pipeline.next_epoch(), elsewhere.seen.size()) << where;
    ASSERT_EQ(pipeline.state(), pipeline.expected(pipeline.next_epoch())) << where;
    while (pipeline.next_epoch() < epochs) pipeline.run_epoch();
    pipeline.open();
    ASSERT_EQ(pipeline.state(), pipeline.expected(epochs)) << where;
    ASSERT_THAT(elsewhere.seen, ::testing::ElementsAre(0, 1, 2, 3)) << where;
  }

  std::string refusal(const Assumption& assumption = {}, Decider* decider = nullptr) {
    Rng rng(3);
    ManualClock clock(1);
    CheckpointOptions options{"small", 2, 1, decider, assumption};
    try {
      Checkpoint::open(files(), clock, rng, "/disk/checkpoint", options);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }

  void start_anew() {
    disk.emplace();
    elsewhere = {};
  }
  MemoryFileSystem& files() { return *disk; }

  std::optional<MemoryFileSystem> disk{std::in_place};
  Elsewhere elsewhere;
};

TEST_F(DeciderTest, ACheckpointThatWentBackIsStartedAndTellsTheDecider) {
  {
    SmallPipeline pipeline(files(), 8, 3, &elsewhere);
    pipeline.open();
    while (pipeline.next_epoch() < 3) pipeline.run_epoch();
  }
  ManualClock clock{0};
  Rng rng{3};
  Rollback(files(), clock, rng, "/disk/checkpoint", 1).carry_out();
  SmallPipeline pipeline(files(), 8, 3, &elsewhere);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 4);
  EXPECT_EQ(pipeline.state(), pipeline.expected(2));
  EXPECT_EQ(elsewhere.marker->epoch, 3);
  EXPECT_THAT(elsewhere.seen, ::testing::ElementsAre(0, 1, 2)) << "nothing is taken back there";
  pipeline.run_epoch();
  EXPECT_EQ(elsewhere.marker->epoch, 4);
}

TEST_F(DeciderTest, AnEpochThatMayNotBeDecidedIsNothingToGoBackTo) {
  elsewhere.troubled_call = 2;
  elsewhere.trouble = Elsewhere::Fate::lost;
  run_on();
  ManualClock clock{0};
  Rng rng{3};
  Rollback(files(), clock, rng, "/disk/checkpoint", 1).carry_out();
  EXPECT_THROW(Rollback(files(), clock, rng, "/disk/checkpoint", 2), CheckpointError);
  SmallPipeline pipeline(files(), 8, 3, &elsewhere);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 4);
  EXPECT_EQ(pipeline.state(), pipeline.expected(2));
  EXPECT_THAT(elsewhere.seen, ::testing::ElementsAre(0, 1));
}

TEST_F(DeciderTest, HalfARollbackDoesNotMakeAnEpochLookDecided) {
  elsewhere.troubled_call = 2;
  elsewhere.trouble = Elsewhere::Fate::lost;
  run_on();
  ManualClock clock{0};
  Rng rng{3};
  {
    Rollback rollback(files(), clock, rng, "/disk/checkpoint", 1);
    files().lose_power_at_operation(5);  // Its plan is there by then.
    EXPECT_THROW(rollback.carry_out(), PowerLost);
  }
  files().process_death();
  SmallPipeline pipeline(files(), 8, 3, &elsewhere);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 2);
  EXPECT_EQ(pipeline.state(), pipeline.expected(2));
}

TEST_F(DeciderTest, DecidesEachEpochOnceAtEveryOperationOfTheDisk) {
  run_on();
  const std::uint64_t operations = files().operations();
  ASSERT_GT(operations, 60u);
  for (std::uint64_t operation = 0; operation <= operations; ++operation) {
    for (std::uint64_t seed = 0; seed < 4; seed += test::stride(3)) {
      start_anew();
      files().lose_power_at_operation(operation);
      run_on();
      Rng survivors(seed);
      if (seed == 0)
        files().process_death();
      else
        files().power_loss(&survivors);
      ASSERT_NO_FATAL_FAILURE(
          finish("operation " + std::to_string(operation) + " seed " + std::to_string(seed)));
    }
  }
}

TEST_F(DeciderTest, DecidesEachEpochOnceWhenTheAnswerIsLost) {
  for (const auto fate : {Elsewhere::Fate::lost, Elsewhere::Fate::decided_without_an_answer}) {
    for (int call = 0; call < epochs; ++call) {
      start_anew();
      elsewhere.troubled_call = call;
      elsewhere.trouble = fate;
      run_on();
      files().process_death();
      ASSERT_NO_FATAL_FAILURE(finish("call " + std::to_string(call)));
    }
  }
}

TEST_F(DeciderTest, MayForgetWhatTheDiskRemembers) {
  run_on();
  elsewhere.marker.reset();
  SmallPipeline pipeline(files(), 8, 1, &elsewhere);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 4u);
  EXPECT_THAT(pipeline.checkpoint().recovered().remark, HasSubstr("has forgotten that epoch 3"));
  ASSERT_TRUE(elsewhere.marker);
  EXPECT_EQ(elsewhere.marker->epoch, 3);
  elsewhere.marker.reset();
  pipeline.checkpoint().repeat_decision();
  EXPECT_EQ(elsewhere.marker->epoch, 3);
}

TEST_F(DeciderTest, ThatForgetsAnOpenEpochIsForAnOperator) {
  elsewhere.troubled_call = 2;
  elsewhere.trouble = Elsewhere::Fate::lost;
  run_on();
  files().process_death();
  elsewhere.marker.reset();
  EXPECT_THAT(refusal({}, &elsewhere), HasSubstr("--assume-committed=2"));
  EXPECT_THAT(refusal(), HasSubstr("was prepared for elsewhere to decide"));
  EXPECT_EQ(refusal({std::nullopt, 2}, &elsewhere), "");
  EXPECT_EQ(elsewhere.marker->epoch, 1);
  ASSERT_NO_FATAL_FAILURE(finish("aborted"));
}

TEST_F(DeciderTest, MayBeTakenOutAndPutIn) {
  Elsewhere* const none = nullptr;
  for (Decider* const decider : {static_cast<Decider*>(none), static_cast<Decider*>(&elsewhere),
                                 static_cast<Decider*>(none), static_cast<Decider*>(&elsewhere)}) {
    SmallPipeline pipeline(files(), 8, 1, decider);
    pipeline.open();
    pipeline.run_epoch();
    EXPECT_EQ(pipeline.state(), pipeline.expected(pipeline.next_epoch()));
  }
  EXPECT_THAT(elsewhere.seen, ::testing::ElementsAre(1, 3));
}

TEST_F(DeciderTest, RefusesAnOldCopyOfTheDirectory) {
  run_on();
  elsewhere.marker->epoch = 9;
  EXPECT_THAT(refusal({}, &elsewhere), HasSubstr("This directory is an older copy"));
}

}  // namespace
}  // namespace millrace

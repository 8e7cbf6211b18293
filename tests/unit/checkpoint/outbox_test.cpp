// Rows that sinks get once their epoch is decided: none before, each epoch in its order, the newest
// one again where the process died, and nothing else.

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/archive.hpp"
#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/inspection.hpp"
#include "core/checkpoint/outbox_file.hpp"
#include "core/checkpoint/rollback.hpp"
#include "core/system/memory_file_system.hpp"
#include "tests/support/stride.hpp"
#include "tests/unit/checkpoint/small_pipeline.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t epochs = 4;
const std::string directory = "/disk/checkpoint";

// Decides, and outlives the process.
class Elsewhere final : public Decider {
 public:
  std::string place() const override { return "elsewhere"; }
  std::optional<Marker> fence(const std::string&, const std::string&) override { return marker; }
  void decide(const Marker& decided, const EpochCommit*) override { marker = decided; }

  std::optional<Marker> marker;
};

class OutboxTest : public testing::Test {
 protected:
  void run_until_the_power_goes(Decider* decider) {
    SmallPipeline pipeline(*files_, 8, 1, decider);
    pipeline.deliver_to(sink_);
    try {
      pipeline.open();
      while (pipeline.next_epoch() < epochs) pipeline.run_epoch();
    } catch (const PowerLost&) {
    }
  }

  // What arrived is every epoch in order, and one epoch more than once at most.
  void check_sink(std::uint64_t count, std::size_t again, const std::string& where) {
    std::uint64_t expected = 0;
    std::size_t repeated = 0;
    for (const std::string& row : sink_) {
      if (expected > 0 && row == row_of(expected - 1)) {
        ++repeated;
        continue;
      }
      ASSERT_EQ(row, row_of(expected)) << where;
      ++expected;
    }
    ASSERT_EQ(expected, count) << where;
    ASSERT_LE(repeated, again) << where;
  }

  static std::string row_of(std::uint64_t epoch) {
    return std::to_string(epoch) + ": row " + std::to_string(epoch);
  }

  void test_every_operation(bool with_decider) {
    Elsewhere first;
    run_until_the_power_goes(with_decider ? &first : nullptr);
    ASSERT_NO_FATAL_FAILURE(check_sink(epochs, 0, "undisturbed"));
    const std::uint64_t operations = files_->operations();
    for (std::uint64_t operation = 0; operation <= operations; ++operation) {
      for (std::uint64_t seed = 0; seed < 4; seed += test::stride(3)) {
        const std::string where =
            "operation " + std::to_string(operation) + " seed " + std::to_string(seed);
        files_.emplace();
        sink_.clear();
        Elsewhere elsewhere;
        Decider* const decider = with_decider ? &elsewhere : nullptr;
        files_->lose_power_at_operation(operation);
        run_until_the_power_goes(decider);
        const auto decided =
            static_cast<std::uint64_t>(elsewhere.marker.value_or(Marker{}).epoch + 1);
        if (with_decider) {
          ASSERT_LE(sink_.size(), decided) << where << ": not before it is decided";
        }
        Rng survivors(seed);
        if (seed == 0)
          files_->process_death();
        else
          files_->power_loss(&survivors);
        run_until_the_power_goes(decider);
        ASSERT_NO_FATAL_FAILURE(check_sink(epochs, 1, where));
      }
    }
  }

  std::string only_outbox() {
    const auto names = files_->list(directory + "/outbox");
    EXPECT_THAT(names, SizeIs(1));
    return directory + "/outbox/" + names.at(0);
  }

  std::optional<MemoryFileSystem> files_{std::in_place};
  std::vector<std::string> sink_;
};

TEST_F(OutboxTest, GivesEachEpochInOrderAtEveryOperationOfTheDisk) { test_every_operation(false); }

TEST_F(OutboxTest, GivesWhatWasDecidedElsewhereAtEveryOperationOfTheDisk) {
  test_every_operation(true);
}

// A pipeline that dies before it could deliver epoch 2.
class UndeliveredTest : public OutboxTest {
 protected:
  UndeliveredTest() {
    SmallPipeline pipeline(*files_, 8, 2);
    pipeline.deliver_to(sink_);
    pipeline.open();
    pipeline.run_epoch();
    pipeline.run_epoch();
    auto& checkpoint = pipeline.checkpoint();
    checkpoint.write_plan(SmallPipeline::plan(2));
    OutboxWriter& outbox = checkpoint.begin_outbox(2);
    outbox.append({"sink", 1}, 3, "row 2");
    outbox.append({"other", 0}, 1, "x");
    outbox.append({"sink", 1}, 4, "more");
    checkpoint.commit(SmallPipeline::commit_of(2), nullptr);
    EXPECT_THROW(checkpoint.write_plan(SmallPipeline::plan(3)), Error);
    sink_.clear();
  }

  std::optional<std::string> refusal() {
    SmallPipeline pipeline(*files_, 8, 2);
    try {
      pipeline.open();
      return std::nullopt;
    } catch (const CheckpointError& error) {
      EXPECT_EQ(error.fault, CheckpointFault::damaged);
      return error.what();
    }
  }
};

TEST_F(UndeliveredTest, GivesTheRowsOfAnAddressInTheirOrder) {
  SmallPipeline pipeline(*files_, 8, 2);
  pipeline.open();
  const Outbox* outbox = pipeline.checkpoint().undelivered();
  ASSERT_NE(outbox, nullptr);
  EXPECT_EQ(outbox->epoch(), 2U);
  const auto parts = outbox->parts();
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts.at({"sink", 1}).rows, 7U);
  std::vector<std::string> rows;
  outbox->read({"sink", 1}, [&](std::string_view record) { rows.emplace_back(record); });
  EXPECT_THAT(rows, ElementsAre("row 2", "more"));
  pipeline.checkpoint().delivered();
  EXPECT_EQ(pipeline.checkpoint().undelivered(), nullptr);
  pipeline.open();
  EXPECT_EQ(pipeline.checkpoint().undelivered(), nullptr) << "noted on the disk";
}

TEST_F(UndeliveredTest, IsShownToPeople) {
  auto found = inspect_checkpoint(*files_, directory);
  EXPECT_THAT(found.problems, IsEmpty());
  ASSERT_THAT(found.undelivered, SizeIs(2));
  EXPECT_EQ(found.undelivered.at("sink").rows, 7U);
  SmallPipeline pipeline(*files_, 8, 2);
  pipeline.open();
  pipeline.checkpoint().delivered();
  EXPECT_THAT(inspect_checkpoint(*files_, directory).undelivered, IsEmpty());
}

TEST_F(UndeliveredTest, IsRefusedWithAnyBitFlipped) {
  const std::string path = only_outbox();
  const std::string good = files_->read(path);
  for (std::size_t bit = 0; bit < good.size() * 8; bit += test::stride(7)) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    files_->replace_content(path, bad);
    ASSERT_THAT(refusal().value_or(""), HasSubstr(path)) << "bit " << bit;
  }
}

TEST_F(UndeliveredTest, IsRefusedWhereverItIsCutOff) {
  const std::string path = only_outbox();
  const std::string good = files_->read(path);
  for (std::size_t size = 0; size < good.size(); size += test::stride(5)) {
    files_->replace_content(path, good.substr(0, size));
    ASSERT_THAT(refusal().value_or(""), HasSubstr(path)) << size << " bytes";
  }
  files_->remove(path);
  EXPECT_THAT(refusal().value_or(""), HasSubstr("sinks are still to be given its rows"));
}

TEST_F(UndeliveredTest, IsDeliveredBeforeTheCheckpointGoesBackOrIsExported) {
  ManualClock clock(1);
  Rng rng(5);
  const auto go_back = [&] { Rollback(*files_, clock, rng, directory, 1).carry_out(); };
  const auto archive = [&] { export_epoch(*files_, rng, directory, 2, "/disk/archive"); };
  EXPECT_THROW(go_back(), CheckpointError);
  EXPECT_THROW(archive(), CheckpointError);
  {
    SmallPipeline pipeline(*files_, 8, 3);
    pipeline.open();
    pipeline.checkpoint().delivered();
  }
  archive();
  import_epoch(*files_, rng, "/disk/archive", "/disk/imported", false);
  EXPECT_THAT(inspect_checkpoint(*files_, "/disk/imported").undelivered, IsEmpty());
  go_back();
  SmallPipeline pipeline(*files_, 8, 3);
  pipeline.open();
  EXPECT_EQ(pipeline.next_epoch(), 4U);
  EXPECT_EQ(pipeline.checkpoint().undelivered(), nullptr);
}

TEST(OutboxVerdict, AsksForDeliveryOfWhatIsDecidedAndWasNotDelivered) {
  for (const bool for_sinks : {false, true}) {
    for (const bool delivered : {false, true}) {
      Evidence found;
      found.newest = {
          {{5, "aaaaaaaa", EpochFileKind::commit}, "h5", "", false, for_sinks, delivered}};
      EXPECT_EQ(judge(found).deliver, for_sinks && !delivered);
      // Decided elsewhere, and decided against: what counts is the epoch before it.
      found.decider = "elsewhere";
      found.newest[0].decider = "elsewhere";
      found.parents = {
          {{4, "aaaaaaaa", EpochFileKind::commit}, "h4", "elsewhere", false, for_sinks, delivered}};
      found.marker = Marker{4, "h4", "run"};
      EXPECT_EQ(judge(found).kind, Verdict::Kind::roll_back);
      EXPECT_EQ(judge(found).deliver, for_sinks && !delivered);
      found.parents[0].for_sinks = false;
      EXPECT_FALSE(judge(found).deliver);
    }
  }
}

}  // namespace
}  // namespace millrace

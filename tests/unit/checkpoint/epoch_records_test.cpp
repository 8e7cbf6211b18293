#include "core/checkpoint/epoch_records.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace millrace {
namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

TEST(EpochPlanRecord, KeepsEverything) {
  EpochPlan plan;
  plan.epoch = std::numeric_limits<std::uint64_t>::max();
  plan.time_us = highest;
  plan.shards = 64;
  plan.has_data = false;
  plan.sources["views"] = {
      "from", "to \"here\"\n", {{"t-0", lowest, highest, "{}"}, {"t-1", 1, 2, ""}}};
  plan.sources["empty"] = {};
  plan.watermarks["counts"] = {lowest, -5};
  plan.extra["seed"] = "17";
  plan.parent = "abc";
  const EpochPlan read = epoch_plan_from_json(to_json(plan));
  EXPECT_EQ(read.epoch, plan.epoch);
  EXPECT_EQ(read.time_us, plan.time_us);
  EXPECT_EQ(read.shards, 64u);
  EXPECT_FALSE(read.has_data);
  ASSERT_EQ(read.sources.size(), 2u);
  const PlannedSource& views = read.sources.at("views");
  EXPECT_EQ(views.start_position, "from");
  EXPECT_EQ(views.end_position, "to \"here\"\n");
  ASSERT_EQ(views.ranges.size(), 2u);
  EXPECT_EQ(views.ranges[0].partition, "t-0");
  EXPECT_EQ(views.ranges[0].start, lowest);
  EXPECT_EQ(views.ranges[0].end, highest);
  EXPECT_EQ(views.ranges[0].detail, "{}");
  EXPECT_EQ(views.ranges[1].detail, "");
  EXPECT_EQ(read.watermarks.at("counts").late_before_us, lowest);
  EXPECT_EQ(read.watermarks.at("counts").watermark_us, -5);
  EXPECT_EQ(read.extra, plan.extra);
  EXPECT_EQ(read.parent, "abc");
}

TEST(EpochCommitRecord, KeepsEverything) {
  EpochCommit commit;
  commit.epoch = 3;
  commit.time_us = 4;
  commit.positions["views"] = R"({"t-0":5})";
  commit.receipts["out"] = "part-3";
  commit.watermark_state = R"({"a":1})";
  commit.counters["rows"] = highest;
  commit.extra["x"] = "y";
  commit.plan_hash = "0123";
  commit.state_files = {{"s", StateFileKind::snapshot, 1, 2, 3, "h"},
                        {"d", StateFileKind::delta, 4, 5, 6, "i"}};
  const EpochCommit read = epoch_commit_from_json(to_json(commit));
  EXPECT_EQ(read.epoch, 3u);
  EXPECT_EQ(read.time_us, 4);
  EXPECT_EQ(read.positions, commit.positions);
  EXPECT_EQ(read.receipts, commit.receipts);
  EXPECT_EQ(read.watermark_state, commit.watermark_state);
  EXPECT_EQ(read.counters, commit.counters);
  EXPECT_EQ(read.extra, commit.extra);
  EXPECT_EQ(read.plan_hash, "0123");
  ASSERT_EQ(read.state_files.size(), 2u);
  EXPECT_EQ(read.state_files[0].name, "s");
  EXPECT_EQ(read.state_files[0].kind, StateFileKind::snapshot);
  EXPECT_EQ(read.state_files[0].hash, "h");
  EXPECT_EQ(read.state_files[1].kind, StateFileKind::delta);
  EXPECT_EQ(read.state_files[1].epoch, 4u);
  EXPECT_EQ(read.state_files[1].size, 5u);
  EXPECT_EQ(read.state_files[1].payload, 6u);
}

// Changes of state in place of a file: one section, and in it one record.
StateFile changes_in_record() {
  using namespace std::string_literals;
  const std::string content = "\1\5\0\0\0\7\0\0\0c\2\2\0\0\0\xff\0"s;
  return {"", StateFileKind::delta, 4, content.size(), 2, "", false, content};
}

TEST(EpochCommitRecord, KeepsChangesOfStateThatHaveNoFile) {
  EpochCommit commit;
  commit.state_files = {{"s", StateFileKind::snapshot, 1, 2, 3, "h"}, changes_in_record()};
  const EpochCommit read = epoch_commit_from_json(to_json(commit));
  ASSERT_EQ(read.state_files.size(), 2u);
  EXPECT_FALSE(read.state_files[0].in_record());
  ASSERT_TRUE(read.state_files[1].in_record());
  EXPECT_EQ(read.state_files[1].content, changes_in_record().content);
  EXPECT_EQ(read.state_files[1].epoch, 4u);
  EXPECT_EQ(read.state_files[1].payload, 2u);
}

TEST(EpochCommitRecord, RefusesChangesOfStateThatMakeNoSense) {
  const auto refuses = [](const std::vector<StateFile>& chain) {
    EpochCommit commit;
    commit.state_files = chain;
    const std::string json = to_json(commit);
    EXPECT_THROW(epoch_commit_from_json(json), std::invalid_argument) << json;
  };
  StateFile changes = changes_in_record();
  refuses({changes, changes});
  refuses({changes, {"d", StateFileKind::delta, 4, 5, 6, "i"}});
  changes.name = "d";
  refuses({changes});
  changes = changes_in_record();
  changes.kind = StateFileKind::snapshot;
  refuses({changes});
  changes = changes_in_record();
  ++changes.size;
  refuses({changes});
  changes.content.pop_back();
  changes.size = changes.content.size();
  refuses({changes});
}

TEST(EpochCommitRecord, KeepsBytesThatAreNoText) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EpochCommit commit;
  commit.positions["files"] = bytes;
  commit.watermark_state = bytes;
  const EpochCommit read = epoch_commit_from_json(to_json(commit));
  EXPECT_EQ(read.positions.at("files"), bytes);
  EXPECT_EQ(read.watermark_state, bytes);
}

TEST(EpochPlanRecord, IgnoresUnknownKeysAndKeepsDefaultsForMissingOnes) {
  const EpochPlan plan = epoch_plan_from_json(R"({"epoch":9,"of_a_later_version":[1,2]})");
  EXPECT_EQ(plan.epoch, 9u);
  EXPECT_TRUE(plan.has_data);
  EXPECT_TRUE(plan.sources.empty());
}

TEST(EpochPlanRecord, IsRefusedWithoutAnEpochOrWithAnotherType) {
  EXPECT_ANY_THROW(epoch_plan_from_json("{}"));
  EXPECT_ANY_THROW(epoch_plan_from_json("["));
  EXPECT_ANY_THROW(epoch_plan_from_json(R"({"epoch":"nine"})"));
  EXPECT_ANY_THROW(epoch_plan_from_json(R"({"epoch":9,"parent":5})"));
}

TEST(EpochPlanRecord, IsRefusedWithANumberThatIsNoneOf64Bits) {
  EXPECT_ANY_THROW(epoch_plan_from_json(R"({"epoch":711111111000000000000000000000000})"));
  EXPECT_ANY_THROW(epoch_plan_from_json(R"({"epoch":9,"time_us":1.5})"));
  EXPECT_ANY_THROW(epoch_commit_from_json(R"({"epoch":9,"time_us":-1e300})"));
}

}  // namespace
}  // namespace millrace

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/rate/rate_source.hpp"
#include "tests/support/plugin/fake_host.hpp"

namespace millrace {
namespace {

constexpr int64_t second = 1'000'000;

class RateTest : public ::testing::Test {
 protected:
  std::string rows_of(RateSource& source, const InputPlan& plan) {
    std::string text;
    for (const auto& range : plan.ranges) {
      const auto reader = source.open(range, {0, 1});
      for (Batch batch; reader->read(0, batch) == Read::rows;) text += testing::rows_json(batch);
    }
    return text;
  }
  static std::vector<int64_t> values_of(RateSource& source, const Range& range) {
    std::vector<int64_t> values;
    const auto reader = source.open(range, {1});
    for (Batch batch; reader->read(0, batch) == Read::rows;)
      for (const auto value : batch.column(0).span<int64_t>()) values.push_back(value);
    return values;
  }

  testing::FakeHost host_;
};

TEST_F(RateTest, RowsComeDueAsTimePasses) {
  host_.now_us = 100 * second;
  RateSource source({.rows_per_second = 2}, host_.context());
  const auto first = source.plan("", source.latest(""), false);
  EXPECT_EQ(rows_of(source, first), "{\"timestamp\":\"1970-01-01T00:01:40Z\",\"value\":0}\n");
  host_.now_us += second;
  const auto second_plan = source.plan(first.position, source.latest(first.position), false);
  EXPECT_EQ(rows_of(source, second_plan),
            "{\"timestamp\":\"1970-01-01T00:01:40.500Z\",\"value\":1}\n"
            "{\"timestamp\":\"1970-01-01T00:01:41Z\",\"value\":2}\n");
  const auto none = source.plan(second_plan.position, source.latest(second_plan.position), false);
  EXPECT_TRUE(none.ranges.empty());
  EXPECT_EQ(none.position, second_plan.position);
}

TEST_F(RateTest, MakesFewerRowsAtATimeWhereTheEngineSaysSo) {
  RateSource source(
      {.rows_per_second = 10, .num_partitions = 2, .start_time = "2026-01-01T00:00:00Z", .rows = 7},
      host_.context());
  source.limit(4);
  const auto target = source.latest("");
  std::vector<std::vector<int64_t>> epochs;
  std::string position;
  for (auto plan = source.plan(position, target, false); !plan.ranges.empty();
       plan = source.plan(position, target, false)) {
    for (const auto& range : plan.ranges) epochs.push_back(values_of(source, range));
    position = plan.position;
    EXPECT_EQ(plan.partitions[0].latest, 7);
  }
  EXPECT_EQ(epochs, (std::vector<std::vector<int64_t>>{{0, 2}, {1, 3}, {4, 6}, {5}}));
  EXPECT_EQ(values_of(source, source.plan("", target, true).ranges.at(1)),
            (std::vector<int64_t>{1, 3, 5}));
}

TEST_F(RateTest, GoesOnAfterARestart) {
  host_.now_us = 100 * second;
  RateSource before({}, host_.context());
  const auto plan = before.plan("", before.latest(""), false);
  host_.now_us += 2 * second;
  RateSource after({}, host_.context());
  EXPECT_EQ(rows_of(after, after.plan(plan.position, after.latest(plan.position), false)),
            "{\"timestamp\":\"1970-01-01T00:01:41Z\",\"value\":1}\n"
            "{\"timestamp\":\"1970-01-01T00:01:42Z\",\"value\":2}\n");
  EXPECT_EQ(rows_of(after, plan), rows_of(before, plan)) << "a range reads the same again";
}

TEST_F(RateTest, WithAStartAndACountAllIsThereAtOnce) {
  RateSource source({.rows_per_second = 3, .start_time = "2024-01-01T00:00:00Z", .rows = 4},
                    host_.context());
  const auto plan = source.plan("", source.latest(""), false);
  EXPECT_EQ(rows_of(source, plan),
            "{\"timestamp\":\"2024-01-01T00:00:00Z\",\"value\":0}\n"
            "{\"timestamp\":\"2024-01-01T00:00:00.333333Z\",\"value\":1}\n"
            "{\"timestamp\":\"2024-01-01T00:00:00.666666Z\",\"value\":2}\n"
            "{\"timestamp\":\"2024-01-01T00:00:01Z\",\"value\":3}\n");
  EXPECT_TRUE(source.plan(plan.position, source.latest(plan.position), false).ranges.empty());
}

TEST_F(RateTest, PartitionsShareTheValues) {
  RateSource source({.num_partitions = 3, .start_time = "1970-01-01", .rows = 50'000},
                    host_.context());
  const std::string from = R"({"start":0,"value":4})";
  const auto plan = source.plan(from, source.latest(from), false);
  ASSERT_EQ(plan.ranges.size(), 3U);
  std::vector<int64_t> all;
  for (const auto& range : plan.ranges)
    for (const auto value : values_of(source, range)) {
      EXPECT_EQ(std::to_string(value % 3), range.partition);
      all.push_back(value);
    }
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), 49'996U);
  for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], static_cast<int64_t>(i) + 4);
}

TEST_F(RateTest, JitterDependsOnTheSeedOnly) {
  const RateSettings settings{.start_time = "2024-01-01", .jitter = {5 * second}, .rows = 100};
  auto other_seed = settings;
  other_seed.seed = 1;
  RateSource one(settings, host_.context());
  RateSource two(settings, host_.context());
  RateSource three(other_seed, host_.context());
  const auto plan = one.plan("", one.latest(""), false);
  EXPECT_EQ(rows_of(one, plan), rows_of(two, plan));
  EXPECT_NE(rows_of(one, plan), rows_of(three, plan));
}

TEST_F(RateTest, TheRateRises) {
  const RateSchedule schedule(100, 10 * second);
  EXPECT_EQ(schedule.rows_until(10 * second) - schedule.rows_until(9 * second), 95);
  EXPECT_NEAR(static_cast<double>(schedule.rows_until(5 * second)), 125, 1);
  EXPECT_NEAR(static_cast<double>(schedule.rows_until(12 * second)), 700, 1);
  for (int64_t row = 1; row < 2000; ++row)
    ASSERT_LE(schedule.time_of(row - 1), schedule.time_of(row)) << row;
}

TEST_F(RateTest, RowsAndTimesAgree) {
  for (const int64_t rate : {1, 3, 7, 1000, 999'999, 1'000'000'000}) {
    const RateSchedule schedule(rate, 0);
    for (const int64_t elapsed :
         {int64_t{0}, int64_t{1}, second - 1, second, 86'400 * second + 17}) {
      const int64_t rows = schedule.rows_until(elapsed);
      ASSERT_LE(schedule.time_of(rows - 1), elapsed) << rate;
      ASSERT_GT(schedule.time_of(rows), elapsed) << rate;
    }
  }
  EXPECT_EQ(RateSchedule(1, 0).rows_until(-1), 0);
}

TEST_F(RateTest, SaysWhatIsWrong) {
  const auto option_of = [&](const RateSettings& settings) {
    try {
      RateSource(settings, host_.context());
    } catch (const Error& error) {
      return error.option;
    }
    return std::string("none");
  };
  EXPECT_EQ(option_of({.rows_per_second = 0}), "rows_per_second");
  EXPECT_EQ(option_of({.num_partitions = 0}), "num_partitions");
  EXPECT_EQ(option_of({.start_time = "noon"}), "start_time");
  EXPECT_EQ(option_of({.rows = -1}), "rows");
  RateSource source({}, host_.context());
  EXPECT_THROW(source.plan("{}", R"({"start":0,"value":4})", false), Error);
}

}  // namespace
}  // namespace millrace

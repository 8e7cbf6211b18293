#include "plugins/deduplicate/deduplicate.hpp"

#include <cmath>

#include <gmock/gmock.h>

#include "tests/unit/window/harness.hpp"

namespace millrace::testing {
namespace {

using deduplicate::Deduplicate;
using deduplicate::DeduplicateSettings;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

Schema events() {
  return {{{"key", TypeId::string}, {"ts", TypeId::timestamp}, {"value", TypeId::int64}}};
}

/// A de-duplication of one stream by some of its columns.
class Job {
 public:
  struct Shape {
    std::vector<std::string> columns;
    bool within_watermark = false;
    int time_column = 1;
    int64_t delay_us = 10 * second;
    size_t tasks = 1;
    size_t shards = 3;
    TimeKind time_kind = TimeKind::of_row;
  };

  explicit Job(Shape shape, Schema schema = events())
      : host_(std::move(schema)),
        transform_({host_.columns(shape.columns), shape.within_watermark}, host_.context(),
                   {{host_.input(), shape.time_column, shape.time_kind, shape.delay_us}}),
        run_(host_, transform_, Harness::wants({Port::final, Port::late}), shape.tasks,
             shape.shards) {}

  /// The watermark moves behind the epoch, as a no-data epoch would find it.
  Result epoch(const std::vector<Cells>& rows, double watermark = 0) {
    const auto now = static_cast<int64_t>(watermark * second);
    return run_.epoch({{rows_of(host_.input(), rows)}}, now, now);
  }
  Result spread(const std::vector<std::vector<Cells>>& rows_of_tasks) {
    std::vector<std::vector<Batch>> inputs;
    for (const auto& rows : rows_of_tasks) inputs.push_back({rows_of(host_.input(), rows)});
    return run_.epoch(inputs, no_time, no_time);
  }
  void restart() { run_.restart(); }
  const Binding& binding() const { return transform_.binding(); }

 private:
  FakeHost host_;
  Deduplicate transform_;
  Harness run_;
};

constexpr int no_watermark = -1;

TEST(Deduplicate, LetsTheFirstRowOfAKeyThroughForEverWithoutAWatermark) {
  Job job({.columns = {"key"}, .time_column = no_watermark});
  EXPECT_THAT(job.epoch({{"a", At{1}, 1}, {"a", At{2}, 2}, {null, At{3}, 3}, {"b", At{4}, 4}})
                  .sorted(Port::final),
              ElementsAre("a 1s 1", "b 4s 4", "null 3s 3"));
  const auto second_epoch = job.epoch({{"b", At{5}, 5}, {null, At{6}, 6}, {"c", At{7}, 7}});
  EXPECT_THAT(second_epoch.on(Port::final), ElementsAre("c 7s 7"));
  EXPECT_EQ(second_epoch.count(Count::state_rows), 4);
}

TEST(Deduplicate, ComparesAllColumnsWhereNoneAreNamed) {
  Job job({.columns = {}, .time_column = no_watermark});
  EXPECT_THAT(job.epoch({{"a", At{1}, 1},
                         {"a", At{1}, 2},
                         {"a", At{1}, 1},
                         {null, null, null},
                         {null, null, null}})
                  .sorted(Port::final),
              ElementsAre("a 1s 1", "a 1s 2", "null null null"));
  EXPECT_TRUE(job.binding().needs_every_column);
  EXPECT_FALSE(Job({.columns = {"key"}}).binding().needs_every_column);
}

TEST(Deduplicate, TakesTheFirstRowInTheOrderOfTasks) {
  Job job({.columns = {"key"}, .time_column = no_watermark, .tasks = 3});
  EXPECT_THAT(job.spread({{{"a", At{1}, 1}}, {{"b", At{1}, 2}, {"a", At{1}, 3}}, {{"b", At{1}, 4}}})
                  .sorted(Port::final),
              ElementsAre("a 1s 1", "b 1s 2"));
}

TEST(Deduplicate, ForgetsAKeyWithAnEventTimeOnceTheWatermarkReachesIt) {
  Job job({.columns = {"key", "ts"}});
  EXPECT_EQ(
      job.epoch({{"a", At{10}, 1}, {"b", At{20}, 2}, {"c", null, 3}}).count(Count::state_rows), 3);
  EXPECT_EQ(job.epoch({}, 10).count(Count::state_rows), 2);
  const auto late =
      job.epoch({{"a", At{10}, 4}, {"b", At{20}, 5}, {"c", null, 6}, {"a", At{11}, 7}}, 10);
  EXPECT_THAT(late.on(Port::final), ElementsAre("a 11s 7"));
  EXPECT_THAT(late.on(Port::late), ElementsAre("a 10s 4"));
  EXPECT_EQ(late.count(Count::late_dropped), 1);
  // A key without a time is never up.
  EXPECT_EQ(job.epoch({}, 1000).count(Count::state_rows), 1);
}

TEST(Deduplicate, DropsLateRowsButKeepsKeysWithoutAnEventTime) {
  Job job({.columns = {"key"}});
  EXPECT_THAT(job.epoch({{"a", At{10}, 1}}).on(Port::final), ElementsAre("a 10s 1"));
  EXPECT_THAT(job.epoch({{"a", At{60}, 2}, {"b", At{50}, 3}}, 50).on(Port::final), IsEmpty());
  EXPECT_EQ(job.epoch({}, 100).count(Count::state_rows), 1);
}

TEST(Deduplicate, WithinTheWatermarkForgetsAKeyItsDelayAfterTheFirstRow) {
  Job job({.columns = {"key"}, .within_watermark = true});
  EXPECT_THAT(job.epoch({{"a", At{10}, 1}, {"b", null, 2}}).sorted(Port::final),
              ElementsAre("a 10s 1", "b null 2"));
  // A duplicate does not extend what the first row began. A row without a time is remembered as if
  // it were of 1970.
  EXPECT_THAT(job.epoch({{"a", At{18}, 3}, {"b", null, 4}}, 10).on(Port::final), IsEmpty());
  EXPECT_THAT(job.epoch({{"b", null, 5}}, 11).on(Port::final), ElementsAre("b null 5"));
  EXPECT_EQ(job.epoch({}, 19).count(Count::state_rows), 1);
  EXPECT_EQ(job.epoch({}, 20).count(Count::state_rows), 0);
  EXPECT_THAT(job.epoch({{"a", At{21}, 5}}, 20).on(Port::final), ElementsAre("a 21s 5"));
}

TEST(Deduplicate, GoesByTheEndOfAWindowThatIsTheEventTime) {
  const Type window{TypeId::structure, {{"start", TypeId::timestamp}, {"end", TypeId::timestamp}}};
  Job job({.columns = {"window"}, .time_column = 0, .time_kind = TimeKind::window},
          {{{"window", window}, {"value", TypeId::int64}}});
  EXPECT_THAT(
      job.epoch({{Span{0, 10}, 1}, {Span{5, 15}, 2}, {Span{0, 10}, 3}, {null, 4}, {null, 5}})
          .sorted(Port::final),
      ElementsAre("null 4", "{0s 10s} 1", "{5s 15s} 2"));
  EXPECT_EQ(job.epoch({}, 10).count(Count::state_rows), 2);
  EXPECT_THAT(job.epoch({{Span{0, 10}, 6}}, 10).on(Port::late), ElementsAre("{0s 10s} 6"));
}

TEST(Deduplicate, TellsZerosApartButNotNotANumber) {
  Job job({.columns = {"x"}, .time_column = no_watermark}, {{{"x", TypeId::float64}}});
  EXPECT_THAT(
      job.epoch({{0.0}, {-0.0}, {0.0}, {std::nan("1")}, {-std::nan("2")}}).sorted(Port::final),
      ElementsAre("-0", "0", "nan"));
}

TEST(Deduplicate, RemembersKeysAcrossARestart) {
  for (const bool within : {false, true}) {
    Job job({.columns = {"key", "ts"}, .within_watermark = within});
    job.epoch({{"a", At{10}, 1}, {"b", At{30}, 1}});
    job.restart();
    EXPECT_THAT(job.epoch({{"a", At{10}, 2}, {"b", At{30}, 2}}, 5).on(Port::final), IsEmpty());
    EXPECT_EQ(job.epoch({}, 20).count(Count::state_rows), 1);
    job.restart();
    EXPECT_EQ(job.epoch({{"b", At{30}, 3}}, 20).count(Count::state_rows), 1);
  }
}

TEST(Deduplicate, RefusesAConfigurationThatReadsTheStateOtherwise) {
  FakeHost host(events());
  Deduplicate by_key({host.columns({"key"}), false}, host.context(), {{host.input(), 1}});
  Deduplicate by_value({host.columns({"value"}), false}, host.context(), {{host.input(), 1}});
  Harness run(host, by_key, Harness::wants({Port::final}));
  run.epoch({{"a", At{1}, 1}});
  try {
    run.restart(by_value, Harness::wants({Port::final}), 1);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("it was written for keys (string); the configuration now "
                                        "asks for keys (long)"));
  }
}

std::string refusal(const std::vector<std::string>& columns, bool within, Schema schema,
                    int time_column) {
  FakeHost host(std::move(schema));
  try {
    Deduplicate made({host.columns(columns), within}, host.context(),
                     {{host.input(), time_column}});
  } catch (const Error& error) {
    return error.option + ": " + error.what();
  }
  return "accepted";
}

TEST(Deduplicate, RefusesAWatermarkThatIsNotThereAndTheCompleteMode) {
  EXPECT_THAT(refusal({"key"}, true, events(), no_watermark),
              HasSubstr("within_watermark: the input has no watermark that would say when"));
  EXPECT_EQ(refusal({}, false, {{{"tags", list_of(TypeId::string)}}}, no_watermark), "accepted");
  const Job job({.columns = {"key"}});
  EXPECT_EQ(job.binding().modes, uint32_t{MR_MODE_APPEND | MR_MODE_UPDATE});
  EXPECT_THAT(job.binding().refusals[2], HasSubstr("use output_mode = \"append\""));
}

}  // namespace
}  // namespace millrace::testing

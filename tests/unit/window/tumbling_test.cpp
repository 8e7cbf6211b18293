#include <gmock/gmock.h>

#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Tumbling : public ::testing::Test {
 protected:
  FakeHost host{events()};
  window::TumblingSettings counts =
      tumbling(host, 10, {"key"}, {host.count(), host.aggregate("total", "sum", {"value"})});
};

TEST_F(Tumbling, AppendEmitsAWindowOnceWhenTheWatermarkReachesItsEnd) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  EXPECT_THAT(run.epoch({{"a", At{1}, 1}, {"b", At{2}, 2}, {"a", At{9}, 3}, {"a", At{10}, 4}}, 0, 0)
                  .on(Port::final),
              IsEmpty());
  const auto closing = run.epoch(std::vector<Cells>{}, 0, 10 * second);
  EXPECT_THAT(closing.on(Port::final), ElementsAre("0s 10s a 2 4", "0s 10s b 1 2"));
  EXPECT_EQ(closing.count(Count::state_rows), 1);
  EXPECT_EQ(closing.count(Count::state_removed), 2);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 10 * second, 10 * second).on(Port::final), IsEmpty());
}

TEST_F(Tumbling, AWindowThatEndsOneMicrosecondAfterTheWatermarkStaysOpen) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{1}, 1}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 10 * second - 1).on(Port::final), IsEmpty());
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 10 * second - 1, 10 * second).on(Port::final),
              ElementsAre("0s 10s a 1 1"));
}

TEST_F(Tumbling, ALateRowCountsWhileItsWindowIsOpen) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  const auto epoch = run.epoch({{"a", At{1}, 1}}, 9 * second, 9 * second);
  EXPECT_EQ(epoch.count(Count::late_dropped), 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 9 * second, 10 * second).on(Port::final),
              ElementsAre("0s 10s a 1 1"));
}

TEST_F(Tumbling, LateRowsAreCountedByRowAndByGroupAndPassedOnAsTheyCame) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, Harness::wants({Port::final, Port::late}));
  const auto epoch = run.epoch({{"a", At{1}, 1},
                                {"a", At{2}, 2},
                                {"b", At{3}, 3},
                                {"a", At{45}, 4},
                                {null, At{3}, 5},
                                {"a", At{11}, 6}},
                               40 * second, 40 * second);
  EXPECT_EQ(epoch.count(Count::late_dropped), 5);
  EXPECT_EQ(epoch.count(Count::late_groups), 4);
  EXPECT_EQ(epoch.count(Count::late_partly), 0);
  EXPECT_THAT(epoch.on(Port::late),
              ElementsAre("a 1s 1", "a 2s 2", "b 3s 3", "null 3s 5", "a 11s 6"));
  EXPECT_EQ(epoch.count(Count::state_rows), 1);
}

TEST_F(Tumbling, WindowsBeforeTheFirstWatermarkOf1970AreLate) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  const auto epoch = run.epoch({{"a", At{-1}, 1}, {"a", At{-11}, 1}, {"a", At{0}, 1}}, 0, 0);
  EXPECT_EQ(epoch.count(Count::late_dropped), 2);
  EXPECT_EQ(epoch.count(Count::state_rows), 1);
}

TEST_F(Tumbling, StartsRoundDownBefore1970) {
  window::TumblingWindow transform(counts, host.context(), without_watermark(host));
  Harness run(host, transform, complete_mode);
  EXPECT_THAT(
      run.epoch({{"a", At{-1}, 1}, {"a", At{-10}, 2}, {"a", At{-10.000001}, 3}}).on(Port::all),
      ElementsAre("-20s -10s a 1 3", "-10s 0s a 2 3"));
}

TEST_F(Tumbling, UpdateEmitsTheGroupsOfThisEpochsRows) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, update_mode);
  EXPECT_THAT(
      run.epoch({{"a", At{1}, 1}, {"b", At{12}, 2}, {"a", At{2}, 3}}, 0, 0).on(Port::changed),
      ElementsAre("0s 10s a 2 4", "10s 20s b 1 2"));
  const auto second_epoch = run.epoch({{"a", At{3}, 5}, {"c", At{3}, 5}}, 0, 5 * second);
  EXPECT_THAT(second_epoch.on(Port::changed), ElementsAre("0s 10s a 3 9", "0s 10s c 1 5"));
  EXPECT_EQ(second_epoch.count(Count::state_updated), 2);
  const auto closing = run.epoch(std::vector<Cells>{}, 5 * second, 10 * second);
  EXPECT_THAT(closing.on(Port::changed), IsEmpty());
  EXPECT_EQ(closing.count(Count::state_rows), 1);
}

TEST_F(Tumbling, NothingIsEverLateWithoutAWatermark) {
  window::TumblingWindow transform(counts, host.context(), without_watermark(host));
  Harness run(host, transform, update_mode);
  run.epoch({{"a", At{100}, 1}});
  const auto epoch = run.epoch({{"a", At{-100}, 1}});
  EXPECT_THAT(epoch.on(Port::changed), ElementsAre("-100s -90s a 1 1"));
  EXPECT_EQ(epoch.count(Count::state_rows), 2);
}

TEST_F(Tumbling, CompleteIgnoresLatenessAndKeepsEverything) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, complete_mode);
  run.epoch({{"a", At{50}, 1}}, 0, 0);
  const auto epoch = run.epoch({{"a", At{1}, 2}}, 40 * second, 40 * second);
  EXPECT_THAT(epoch.on(Port::all), ElementsAre("0s 10s a 1 2", "50s 60s a 1 1"));
  EXPECT_EQ(epoch.count(Count::late_dropped), 0);
  EXPECT_EQ(epoch.count(Count::late_groups), 0);
}

TEST_F(Tumbling, RowsWithoutATimeAreLeftOutAndNullIsAKey) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, update_mode);
  const auto epoch =
      run.epoch({{"a", null, 1}, {null, At{1}, 2}, {"", At{1}, 4}, {null, At{2}, 3}}, 0, 0);
  EXPECT_THAT(epoch.on(Port::changed), ElementsAre("0s 10s null 2 5", "0s 10s  1 4"));
  EXPECT_EQ(epoch.count(Count::late_dropped), 0);
}

TEST_F(Tumbling, AnOffsetOfEitherSignShiftsTheWindows) {
  for (const auto& [offset, expected] : std::map<double, std::string>{
           {4, "-6s 4s a 1 1"}, {-6, "-6s 4s a 1 1"}, {-5, "-5s 5s a 1 1"}}) {
    counts.offset = seconds(offset);
    window::TumblingWindow transform(counts, host.context(), without_watermark(host));
    Harness run(host, transform, update_mode);
    EXPECT_THAT(run.epoch({{"a", At{3}, 1}}).on(Port::changed), ElementsAre(expected));
  }
}

TEST_F(Tumbling, KeepsMicroseconds) {
  auto settings = tumbling(host, 0.00025, {}, {host.count()});
  window::TumblingWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, update_mode);
  EXPECT_THAT(run.epoch({{"a", At{0.000249}, 1}, {"a", At{0.00025}, 1}}, 0, 0).on(Port::changed),
              ElementsAre("0s 250us 1", "250us 500us 1"));
}

TEST_F(Tumbling, TwoModesReadOneTransform) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, Harness::wants({Port::final, Port::changed}));
  EXPECT_THAT(run.epoch({{"a", At{1}, 1}}, 0, 0).on(Port::changed), ElementsAre("0s 10s a 1 1"));
  const auto closing = run.epoch(std::vector<Cells>{}, 0, 20 * second);
  EXPECT_THAT(closing.on(Port::changed), IsEmpty());
  EXPECT_THAT(closing.on(Port::final), ElementsAre("0s 10s a 1 1"));
}

TEST_F(Tumbling, LateRowsReachOnlyTheWholeResultWhereOthersReadItToo) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, Harness::wants({Port::final, Port::changed, Port::all, Port::late}));
  run.epoch({{"a", At{1}, 1}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 10 * second).on(Port::final),
              ElementsAre("0s 10s a 1 1"));
  const auto late = run.epoch({{"a", At{2}, 7}, {"b", At{3}, 1}}, 10 * second, 10 * second);
  EXPECT_THAT(late.on(Port::final), IsEmpty());
  EXPECT_THAT(late.on(Port::changed), IsEmpty());
  EXPECT_THAT(late.on(Port::all), ElementsAre("0s 10s a 2 8", "0s 10s b 1 1"));
  EXPECT_THAT(late.on(Port::late), ElementsAre("a 2s 7", "b 3s 1"));
  EXPECT_EQ(late.count(Count::late_dropped), 2);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 10 * second, 30 * second).on(Port::final), IsEmpty());
}

TEST_F(Tumbling, EvictionUsesThisEpochsWatermarkAndLatenessTheOneBefore) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  const auto epoch = run.epoch({{"a", At{1}, 1}, {"a", At{-1}, 1}}, 5 * second, 20 * second);
  EXPECT_THAT(epoch.on(Port::final), ElementsAre("0s 10s a 1 1"));
  EXPECT_EQ(epoch.count(Count::late_dropped), 1);
  EXPECT_EQ(epoch.count(Count::state_rows), 0);
}

TEST_F(Tumbling, AWindowOfAWindowTakesTheTimeJustBeforeItsEnd) {
  FakeHost windows({{{"window_start", TypeId::timestamp},
                     {"window_end", TypeId::timestamp},
                     {"n", TypeId::int64}}});
  auto settings = tumbling(windows, 10, {}, {windows.aggregate("n", "sum", {"n"})});
  window::TumblingWindow transform(settings, windows.context(),
                                   {{windows.input(), 1, TimeKind::window_end}});
  Harness run(windows, transform, append_mode);
  run.epoch({{At{0}, At{5}, 2}, {At{5}, At{10}, 1}, {At{10}, At{15}, 4}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 10 * second).on(Port::final),
              ElementsAre("0s 10s 3"));
}

TEST_F(Tumbling, RoundsOfOneEpochAddUp) {
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, Harness::wants({Port::changed, Port::all}));
  const auto rows = [&](Cells row) { return rows_of(host.input(), {std::move(row)}); };
  const auto first = run.round({{rows({"a", At{1}, 1})}}, 0, 0, false);
  EXPECT_THAT(first.on(Port::changed), ElementsAre("0s 10s a 1 1"));
  EXPECT_THAT(first.on(Port::all), IsEmpty());
  const auto last = run.round({{rows({"a", At{2}, 2})}}, 0, 0, true);
  EXPECT_THAT(last.on(Port::changed), ElementsAre("0s 10s a 2 3"));
  EXPECT_THAT(last.on(Port::all), ElementsAre("0s 10s a 2 3"));
}

TEST_F(Tumbling, WindowsThatAConditionLeavesOutHoldNoState) {
  FakeHost bounds({{{"window_start", TypeId::timestamp}, {"window_end", TypeId::timestamp}}});
  counts.keep_windows = bounds.computed("keep", TypeId::boolean, [](const Batch& batch) {
    ColumnBuilder builder(TypeId::boolean);
    for (const Row row : batch) {
      if (row.integer(0) == 30 * second)
        builder.append_null();
      else
        builder.append_boolean(row.integer(0) >= 20 * second);
    }
    return builder.finish();
  });
  window::TumblingWindow transform(counts, host.context(), watermarked(host));
  Harness run(host, transform, update_mode);
  const auto epoch =
      run.epoch({{"a", At{1}, 1}, {"a", At{22}, 2}, {"b", At{31}, 1}, {"c", At{5}, 1}}, 0, 0);
  EXPECT_THAT(epoch.on(Port::changed), ElementsAre("20s 30s a 1 2"));
  EXPECT_EQ(epoch.count(Count::state_rows), 1);
}

TEST_F(Tumbling, ATimeFarOutOfRangeIsAnErrorAboutTheData) {
  window::TumblingWindow transform(counts, host.context(), without_watermark(host));
  Harness run(host, transform, update_mode);
  try {
    run.epoch({{"a", std::numeric_limits<int64_t>::max() - 1, 1}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("out of range"));
  }
}

}  // namespace
}  // namespace millrace::testing

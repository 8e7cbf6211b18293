#include <gmock/gmock.h>

#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Sessions : public ::testing::Test {
 protected:
  FakeHost host{events()};
  window::SessionSettings settings =
      session(host, 5, {"key"}, {host.count(), host.aggregate("total", "sum", {"value"})});
};

TEST_F(Sessions, LastFromTheFirstRowUntilTheGapAfterTheLast) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  EXPECT_EQ(run.epoch({{"a", At{0}, 1}, {"a", At{4}, 2}, {"a", At{20}, 3}, {"b", At{1}, 4}}, 0, 0)
                .count(Count::state_rows),
            3);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 8 * second).on(Port::final),
              ElementsAre("1s 6s b 1 4"));
  const auto closing = run.epoch(std::vector<Cells>{}, 8 * second, 9 * second);
  EXPECT_THAT(closing.on(Port::final), ElementsAre("0s 9s a 2 3"));
  EXPECT_EQ(closing.count(Count::state_rows), 1);
  EXPECT_EQ(closing.count(Count::state_removed), 1);
}

TEST_F(Sessions, TouchingMergesAndOneMicrosecondMoreDoesNot) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{0}, 1}, {"b", At{0}, 1}}, 0, 0);
  run.epoch({{"a", At{5}, 1}, {"b", At{5.000001}, 1}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 100 * second).on(Port::final),
              ElementsAre("0s 5s b 1 1", "0s 10s a 2 2", "5000001us 10000001us b 1 1"));
}

TEST_F(Sessions, ARowBetweenTwoSessionsMakesThemOne) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{0}, 1}, {"a", At{8}, 2}, {"a", At{30}, 7}}, 0, 0);
  EXPECT_EQ(run.epoch({{"a", At{4}, 4}}, 0, 0).count(Count::state_rows), 2);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 100 * second).on(Port::final),
              ElementsAre("0s 13s a 3 7", "30s 35s a 1 7"));
}

TEST_F(Sessions, BridgedWithinOneRoundByDifferentTasks) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode, 3);
  const auto rows = [&](const std::vector<Cells>& cells) {
    return std::vector<Batch>{rows_of(host.input(), cells)};
  };
  run.epoch({rows({{"a", At{0}, 1}, {"a", At{20}, 2}}), rows({{"a", At{10}, 4}}),
             rows({{"a", At{5}, 8}, {"a", At{15}, 16}})},
            0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 100 * second).on(Port::final),
              ElementsAre("0s 25s a 5 31"));
}

TEST_F(Sessions, ALateRowIsJudgedAloneEvenIfAnOpenSessionWouldTakeIt) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, Harness::wants({Port::final, Port::late}));
  run.epoch({{"a", At{8}, 1}}, 0, 0);
  const auto late = run.epoch({{"a", At{5}, 2}, {"a", At{5.5}, 4}}, 10 * second, 10 * second);
  EXPECT_EQ(late.count(Count::late_dropped), 1);
  EXPECT_THAT(late.on(Port::late), ElementsAre("a 5s 2"));
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 10 * second, 100 * second).on(Port::final),
              ElementsAre("5500000us 13s a 2 5"));
}

TEST_F(Sessions, LateRowsWithOneKeyStartAndEndCountOnceAsAGroup) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  const auto late = run.epoch(
      {{"a", At{1}, 1}, {"a", At{1}, 2}, {"a", At{2}, 3}, {"b", At{1}, 4}, {"b", At{1}, 4}},
      40 * second, 40 * second);
  EXPECT_EQ(late.count(Count::late_groups), 3);
  EXPECT_EQ(late.count(Count::late_dropped), 5);
}

TEST_F(Sessions, EachRowMayHaveItsOwnGap) {
  settings.gap.reset();
  settings.gap_expression = host.computed("gap", TypeId::string, [](const Batch& batch) {
    ColumnBuilder builder(TypeId::string);
    for (const Row row : batch) {
      const int64_t value = row.integer(2);
      if (value == 0)
        builder.append_null();
      else
        builder.append_bytes(std::to_string(value) + " seconds");
    }
    return builder.finish();
  });
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{0}, 20},
             {"a", At{5}, 2},
             {"a", At{12}, 3},
             {"b", At{0}, 0},
             {"b", At{0}, -3},
             {"b", At{4}, 3}},
            0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 100 * second).on(Port::final),
              ElementsAre("4s 7s b 1 3", "0s 20s a 3 25"));
}

TEST_F(Sessions, AGapThatIsNoIntervalIsAnErrorAboutTheData) {
  settings.gap.reset();
  settings.gap_expression = host.column("key");
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  try {
    run.epoch({{"soon", At{0}, 1}}, 0, 0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("'soon'"));
  }
}

TEST_F(Sessions, NullIsAKeyAndRowsWithoutATimeAreLeftOut) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  run.epoch({{null, At{1}, 1}, {"a", null, 2}, {null, At{2}, 4}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 100 * second).on(Port::final),
              ElementsAre("1s 7s null 2 5"));
}

TEST_F(Sessions, CompleteShowsAllOfThemAndNothingIsLate) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, complete_mode);
  run.epoch({{"a", At{50}, 1}}, 0, 0);
  const auto epoch = run.epoch({{"a", At{1}, 2}}, 40 * second, 60 * second);
  EXPECT_THAT(epoch.on(Port::all), ElementsAre("1s 6s a 1 2", "50s 55s a 1 1"));
  EXPECT_EQ(epoch.count(Count::late_dropped), 0);
  EXPECT_EQ(epoch.count(Count::state_rows), 2);
}

TEST_F(Sessions, AppendBesideCompleteEmitsEachSessionOnce) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, Harness::wants({Port::final, Port::all}));
  run.epoch({{"a", At{1}, 1}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 10 * second).on(Port::final),
              ElementsAre("1s 6s a 1 1"));
  run.restart();
  const auto later = run.epoch({{"a", At{1}, 1}, {"b", At{2}, 3}}, 10 * second, 10 * second);
  EXPECT_THAT(later.on(Port::final), IsEmpty());
  EXPECT_THAT(later.on(Port::all), ElementsAre("1s 6s a 2 2", "2s 7s b 1 3"));
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 10 * second, 20 * second).on(Port::final), IsEmpty());
}

TEST_F(Sessions, ManySessionsOfOneKeyInOneRound) {
  window::SessionWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode);
  std::vector<Cells> rows;
  for (int i = 0; i < 50; ++i) rows.push_back({"a", At{i * 10.0}, 1});
  for (int i = 0; i < 50; ++i) rows.push_back({"a", At{i * 10.0 + 1}, 1});
  EXPECT_EQ(run.epoch(rows, 0, 0).count(Count::state_rows), 50);
  const auto closed = run.epoch(std::vector<Cells>{}, 0, 1000 * second);
  EXPECT_EQ(closed.on(Port::final).size(), 50U);
  EXPECT_EQ(closed.on(Port::final)[7], "70s 76s a 2 2");
  EXPECT_EQ(closed.count(Count::state_rows), 0);
}

}  // namespace
}  // namespace millrace::testing

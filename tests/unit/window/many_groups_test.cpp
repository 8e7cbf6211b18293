#include <map>

#include <gmock/gmock.h>

#include "tests/unit/window/streams.hpp"

// Batches of many groups go another way into the state than small ones; see StraightMerge.
namespace millrace::testing {
namespace {

constexpr int many = 2'500;

class ManyGroups : public ::testing::Test {
 protected:
  /// A row for each of so many keys, each with its own number as the value.
  Batch rows(int keys, At time) const {
    std::vector<Cells> cells;
    for (int key = 0; key < keys; ++key) cells.push_back({std::to_string(key), time, key});
    return rows_of(host.input(), cells);
  }
  /// What rows of these numbers of keys come to, in the window's bounds.
  static Texts totals(const std::vector<int>& batches, const std::string& bounds) {
    Texts texts;
    for (int key = 0; key < many; ++key) {
      const auto count =
          std::count_if(batches.begin(), batches.end(), [&](int keys) { return key < keys; });
      if (count != 0)
        texts.push_back(bounds + " " + std::to_string(key) + " " + std::to_string(count) + " " +
                        std::to_string(count * key));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  FakeHost host{events()};
  window::TumblingSettings counts =
      tumbling(host, 10, {"key"}, {host.count(), host.aggregate("total", "sum", {"value"})});
  window::TumblingWindow transform{counts, host.context(), watermarked(host)};
};

TEST_F(ManyGroups, BatchesOfManyAndOfFewGroupsAddUp) {
  Harness run(host, transform, append_mode, 4);
  // Of the tasks of a round: few, many, few, many groups.
  const auto epoch = run.epoch(
      {{rows(3, At{1})}, {rows(many, At{2})}, {rows(5, At{3})}, {rows(many, At{4})}}, 0, 0);
  EXPECT_EQ(epoch.count(Count::state_rows), many);
  run.restart();
  run.epoch({{rows(many, At{5})}, {rows(7, At{5})}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 10 * second).sorted(Port::final),
              ::testing::ElementsAreArray(totals({3, many, 5, many, many, 7}, "0s 10s")));
}

TEST_F(ManyGroups, ClosedWindowsTakeNoMoreRows) {
  Harness run(host, transform, append_mode, 2);
  // Task 0 has rows of both windows; those of the first are late behind it, not before.
  run.epoch({{rows(many, At{1})}}, 0, 0);
  const auto closing = run.epoch({{rows(many, At{11})}}, 0, 10 * second);
  EXPECT_EQ(closing.sorted(Port::final), totals({many}, "0s 10s"));
  const auto late = run.epoch({{rows(many, At{2}), rows(many, At{12})}}, 10 * second, 20 * second);
  EXPECT_EQ(late.count(Count::late_dropped), many);
  EXPECT_EQ(late.sorted(Port::final), totals({many, many}, "10s 20s"));
}

TEST_F(ManyGroups, PanesOfWindowsThatOverlapAddUp) {
  const auto sums = {host.count(), host.aggregate("total", "sum", {"value"})};
  const auto settings = sliding(host, 10, 1, {"key"}, sums);
  window::SlidingWindow panes(settings, host.context(), watermarked(host));
  Harness run(host, panes, append_mode, 2);
  const auto expect = [](const Result& epoch, const std::vector<Texts>& windows) {
    Texts all;
    for (const auto& each : windows) all.insert(all.end(), each.begin(), each.end());
    std::sort(all.begin(), all.end());
    EXPECT_EQ(epoch.sorted(Port::final), all);
  };
  const auto first = run.epoch({{rows(many, At{6})}, {rows(3, At{6})}}, 0, 0);
  // Each batch is written by itself, so it was the way that this test is about.
  EXPECT_EQ(first.count(Count::state_updated), many + 3);
  expect(run.epoch({{rows(many, At{8})}}, 0, 9 * second),
         {totals({many, 3}, "-3s 7s"), totals({many, 3}, "-2s 8s"),
          totals({many, 3, many}, "-1s 9s")});
  // Behind the watermark, in time for windows that are open; and some of a pane that is not summed.
  expect(run.epoch({{rows(many, At{3}), rows(many, At{9})}}, 9 * second, 10 * second),
         {totals({many, 3, many, many, many}, "0s 10s")});
  run.restart();
  expect(run.epoch({{rows(many, At{6})}}, 10 * second, 11 * second),
         {totals({many, 3, many, many, many, many}, "1s 11s")});
}

TEST_F(ManyGroups, UpdateTellsEachThatChangedOnce) {
  Harness run(host, transform, update_mode, 2);
  const auto epoch = run.epoch({{rows(many, At{1})}, {rows(many, At{2})}}, 0, 0);
  EXPECT_EQ(epoch.sorted(Port::changed), totals({many, many}, "0s 10s"));
  EXPECT_EQ(epoch.count(Count::state_updated), many);
}

TEST_F(ManyGroups, TheWholeResultKeepsLateRows) {
  Harness run(host, transform, complete_mode, 2);
  run.epoch({{rows(many, At{1})}}, 0, 0);
  EXPECT_EQ(run.epoch({{rows(many, At{2})}}, 20 * second, 20 * second).sorted(Port::all),
            totals({many, many}, "0s 10s"));
}

}  // namespace
}  // namespace millrace::testing

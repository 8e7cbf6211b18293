#include <cmath>

#include <gmock/gmock.h>

#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Texts grouped_by(const Type& type, const std::vector<Cell>& keys) {
  FakeHost host({{{"key", type}, {"value", TypeId::int64}}});
  const auto settings =
      grouped<window::GroupingSettings>(host, {"key"}, {host.aggregate("sum", "sum", {"value"})});
  window::GroupedAggregation transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, update_mode);
  std::vector<Cells> rows;
  for (const auto& key : keys) rows.push_back({key, static_cast<int>(1 << rows.size())});
  return run.epoch(rows).on(Port::changed);
}

TEST(Keys, OfEveryTypeGroupWithTheirEqualsAndNullsWithNulls) {
  EXPECT_THAT(grouped_by(TypeId::string, {"a", null, "b", "a", "", null}),
              ElementsAre("a 9", "null 34", "b 4", " 16"));
  EXPECT_THAT(grouped_by(TypeId::int64, {1, -1, null, 1, 0}),
              ElementsAre("1 9", "-1 2", "null 4", "0 16"));
  EXPECT_THAT(grouped_by(TypeId::int32, {1, -1, null, 1, 0}),
              ElementsAre("1 9", "-1 2", "null 4", "0 16"));
  EXPECT_THAT(grouped_by(TypeId::boolean, {true, false, null, true}),
              ElementsAre("true 9", "false 2", "null 4"));
  EXPECT_THAT(grouped_by(TypeId::timestamp, {At{1}, At{2}, null, At{1}}),
              ElementsAre("1s 9", "2s 2", "null 4"));
  EXPECT_THAT(grouped_by(decimal_of(10, 2), {"1.5", "-1.5", null, "1.50"}),
              ElementsAre("1.50 9", "-1.50 2", "null 4"));
  EXPECT_THAT(grouped_by(TypeId::date, {1, 2, null, 1}), ElementsAre("1 9", "2 2", "null 4"));
}

TEST(Keys, NotANumberEqualsItselfAndMinusZeroIsZero) {
  const double nan = std::nan("");
  for (const TypeId type : {TypeId::float64, TypeId::float32})
    EXPECT_THAT(grouped_by(type, {nan, 0.0, -nan, -0.0, 1.5, null}),
                ElementsAre("nan 5", "0 10", "1.5 16", "null 32"));
}

TEST(Keys, ListsAreEqualWhereTheirItemsAre) {
  EXPECT_THAT(grouped_by(list_of(TypeId::int64),
                         {Items{{1, 2}}, Items{{}}, null, Items{{1}}, Items{{1, 2}}, Items{{}}}),
              ElementsAre("[1 2] 17", "[] 34", "null 4", "[1] 8"));
  FakeHost host({{{"a", list_of(TypeId::int64)}, {"b", list_of(TypeId::int64)}}});
  const auto settings = grouped<window::GroupingSettings>(host, {"a", "b"}, {host.count()});
  window::GroupedAggregation transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, update_mode);
  EXPECT_THAT(run.epoch({{Items{{1}}, Items{{2, 3}}},
                         {Items{{1, 2}}, Items{{3}}},
                         {Items{{1}}, Items{{2, 3}}},
                         {null, Items{{1}}}})
                  .on(Port::changed),
              ElementsAre("[1] [2 3] 2", "[1 2] [3] 1", "null [1] 1"));
}

TEST(Keys, SeveralAreAPairNotAText) {
  FakeHost host({{{"a", TypeId::string},
                  {"b", TypeId::string},
                  {"c", TypeId::float64},
                  {"d", TypeId::int32},
                  {"e", TypeId::boolean}}});
  const auto settings =
      grouped<window::GroupingSettings>(host, {"a", "b", "c", "d", "e"}, {host.count()});
  window::GroupedAggregation transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, update_mode);
  EXPECT_THAT(run.epoch({{"x", "yz", -0.0, 1, true},
                         {"xy", "z", 0.0, 1, true},
                         {"x", "yz", 0.0, 1, true},
                         {null, "xyz", null, null, null},
                         {"xyz", null, null, null, null},
                         {null, "xyz", null, null, null}})
                  .on(Port::changed),
              ElementsAre("x yz 0 1 true 2", "xy z 0 1 true 1", "null xyz null null null 2",
                          "xyz null null null null 1"));
}

TEST(Keys, OneHashForEqualKeysInEveryTaskAndEveryRun) {
  EncodedKeys keys;
  const auto hash = [&](const Type& type, const Cell& cell) {
    ColumnBuilder builder(type);
    append(cell, builder);
    const Column column = builder.finish();
    const KeyCodec codec({type});
    codec.encode({&column, 1}, 1, keys);
    EXPECT_EQ(keys.hashes[0], codec.hash_of(keys.views[0]));
    return keys.hashes[0];
  };
  // Shards of existing checkpoints depend on these figures: they must never change.
  EXPECT_EQ(hash(TypeId::string, "millrace"), hash(TypeId::binary, "millrace"));
  EXPECT_EQ(hash(TypeId::int64, 42), 12422637713920563926U);
  EXPECT_EQ(hash(TypeId::string, "key"), 1005764881421008266U);
  EXPECT_EQ(hash(TypeId::string, "a longer key than sixteen"), 10890998046043764408U);
  EXPECT_EQ(hash(TypeId::float64, -0.0), hash(TypeId::float64, 0.0));
}

TEST(Keys, HashesSpreadOverShards) {
  ColumnBuilder builder(TypeId::int64);
  for (int64_t i = 0; i < 64'000; ++i) builder.append(i * 1000);
  const Column column = builder.finish();
  const KeyCodec codec({TypeId::int64});
  EncodedKeys keys;
  codec.encode({&column, 1}, 64'000, keys);
  std::vector<int> low(64);
  std::vector<int> high(64);
  for (size_t i = 0; i < 64'000; ++i) {
    ++low[keys.hashes[i] % 64];
    ++high[keys.hashes[i] >> 58];
  }
  for (size_t shard = 0; shard < 64; ++shard) {
    EXPECT_NEAR(low[shard], 1000, 200);
    EXPECT_NEAR(high[shard], 1000, 200);
  }
}

TEST(Keys, KeepTheirGroupsOverRestartsShardsAndTasks) {
  FakeHost host(events());
  const auto settings = grouped<window::GroupingSettings>(host, {"key"}, {host.count()});
  window::GroupedAggregation transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, update_mode, 3, 5);
  std::vector<std::vector<Batch>> inputs;
  for (int task = 0; task < 3; ++task) {
    std::vector<Cells> rows;
    for (int i = 0; i < 100; ++i) rows.push_back({"key number " + std::to_string(i), At{0}, 1});
    inputs.push_back({rows_of(host.input(), rows)});
  }
  run.epoch(inputs, no_time, no_time);
  run.restart(transform, update_mode, 2);
  inputs.pop_back();
  const auto result = run.epoch(inputs, no_time, no_time);
  EXPECT_EQ(result.count(Count::state_rows), 100);
  for (const auto& text : result.on(Port::changed)) EXPECT_TRUE(text.ends_with(" 5")) << text;
}

class Groups : public ::testing::Test {
 protected:
  FakeHost host{events()};
  std::vector<Aggregate> sums{host.count(), host.aggregate("total", "sum", {"value"})};
};

TEST_F(Groups, WithoutKeysThereIsOneRowInEveryEpoch) {
  const auto settings = grouped<window::GroupingSettings>(host, {}, sums);
  window::GroupedAggregation transform(settings, host.context(), watermarked(host));
  EXPECT_TRUE(transform.binding().keeps_every_group);
  Harness run(host, transform, Harness::wants({Port::changed, Port::all}), 2, 3);
  const auto empty = run.epoch(std::vector<Cells>{}, 0, 0);
  EXPECT_THAT(empty.on(Port::changed), ElementsAre("0 null"));
  EXPECT_THAT(empty.on(Port::all), ElementsAre("0 null"));
  EXPECT_EQ(empty.count(Count::state_rows), 1);
  EXPECT_THAT(run.epoch({{"a", At{1}, 1}}, 0, 0).on(Port::changed), ElementsAre("1 1"));
  run.restart();
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 50 * second).on(Port::changed),
              ElementsAre("1 1"));
}

TEST_F(Groups, WithKeysNothingComesOutOfAnEmptyEpoch) {
  const auto settings = grouped<window::GroupingSettings>(host, {"key"}, sums);
  window::GroupedAggregation transform(settings, host.context(), watermarked(host));
  EXPECT_FALSE(transform.binding().keeps_every_group);
  Harness run(host, transform, Harness::wants({Port::changed, Port::all}));
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 0).rows, IsEmpty());
}

TEST_F(Groups, AreNeitherLateNorEvictedUnlessTheEventTimeIsAKey) {
  const auto settings = grouped<window::GroupingSettings>(host, {"key"}, sums);
  window::GroupedAggregation transform(settings, host.context(), watermarked(host));
  EXPECT_TRUE(transform.binding().uses_watermark);
  EXPECT_EQ(transform.binding().time_column, -1);
  Harness run(host, transform, update_mode);
  run.epoch({{"a", At{1}, 1}}, 0, 0);
  const auto late = run.epoch({{"a", At{1}, 1}}, 50 * second, 50 * second);
  EXPECT_THAT(late.on(Port::changed), ElementsAre("a 2 2"));
  EXPECT_EQ(late.count(Count::state_rows), 1);
}

TEST_F(Groups, ByTheEventTimeCloseWhenTheWatermarkReachesIt) {
  const auto settings = grouped<window::GroupingSettings>(host, {"key", "ts"}, sums);
  window::GroupedAggregation transform(settings, host.context(), watermarked(host));
  EXPECT_EQ(transform.binding().time_column, 1);
  EXPECT_EQ(transform.binding().time_kind, TimeKind::of_row);
  Harness run(host, transform, Harness::wants({Port::final, Port::late}));
  run.epoch({{"a", At{5}, 1}, {"a", At{7}, 2}, {"a", null, 4}, {"a", At{5}, 8}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 5 * second).on(Port::final),
              ElementsAre("a 5s 2 9"));
  const auto late =
      run.epoch({{"a", At{5}, 1}, {"a", At{6}, 1}, {"a", null, 1}}, 5 * second, 5 * second);
  EXPECT_EQ(late.count(Count::late_dropped), 1);
  EXPECT_EQ(late.count(Count::late_groups), 1);
  EXPECT_THAT(late.on(Port::late), ElementsAre("a 5s 1"));
  const auto rest = run.epoch(std::vector<Cells>{}, 5 * second, 1000 * second);
  EXPECT_THAT(rest.on(Port::final), ElementsAre("a 6s 1 1", "a 7s 1 2"));
  EXPECT_EQ(rest.count(Count::state_rows), 1);  // The one without a time stays.
}

}  // namespace
}  // namespace millrace::testing

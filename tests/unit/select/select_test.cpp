#include "plugins/select/select.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/json.hpp"

#include "tests/support/plugin/fake_host.hpp"

namespace millrace {
namespace {

using testing::FakeHost;
using testing::KeptOutputs;

const Schema input{{{"ts", TypeId::timestamp},
                    {"value", TypeId::int64},
                    {"name", TypeId::string},
                    {"offset", TypeId::int64, true}}};

Batch rows_of(int64_t count) {
  ColumnBuilder ts(TypeId::timestamp), value(TypeId::int64), name(TypeId::string),
      offset(TypeId::int64);
  for (int64_t i = 0; i < count; ++i) {
    ts.append(i * 1'000'000);
    value.append(i);
    if (i % 2 == 0)
      name.append_bytes("n" + std::to_string(i));
    else
      name.append_null();
    offset.append(i + 100);
  }
  std::vector<Column> columns;
  columns.push_back(ts.finish());
  columns.push_back(value.finish());
  columns.push_back(name.finish());
  columns.push_back(offset.finish());
  return {std::make_shared<const Schema>(input), std::move(columns), count};
}

class SelectTest : public ::testing::Test {
 protected:
  std::vector<Stream> streams(int time_column = -1) const {
    return {{std::make_shared<const Schema>(input), time_column, TimeKind::of_row}};
  }
  // TRUE below the limit, FALSE from it on, NULL for every fifth row.
  Expression below(int64_t limit) {
    return host_.expression(input, "where", TypeId::boolean, [limit](const Batch& batch) {
      ColumnBuilder builder(TypeId::boolean);
      for (int64_t i = 0; i < batch.size(); ++i) {
        const int64_t value = batch.column("value").int64(i);
        if (value % 5 == 4)
          builder.append_null();
        else
          builder.append_boolean(value < limit);
      }
      return builder.finish();
    });
  }
  Expression doubled() {
    return host_.expression(input, "twice", TypeId::int64, [this](const Batch& batch) {
      evaluated_rows_ = batch.size();
      ColumnBuilder builder(TypeId::int64);
      for (int64_t i = 0; i < batch.size(); ++i) builder.append(batch.column("value").int64(i) * 2);
      return builder.finish();
    });
  }

  FakeHost host_;
  int64_t evaluated_rows_ = 0;
};

TEST_F(SelectTest, ComputesRenamesAndReorders) {
  Select select({{host_.column(input, "name", "who"), doubled()}, {}}, host_.context(), streams());
  KeptOutputs kept(select.binding().rows);
  select.open()->process(0, rows_of(3), kept.outputs());
  EXPECT_EQ(kept.json(),
            "{\"who\":\"n0\",\"twice\":0}\n{\"who\":null,\"twice\":2}\n"
            "{\"who\":\"n2\",\"twice\":4}\n");
  EXPECT_FALSE(select.binding().reads_all_columns);
}

TEST_F(SelectTest, KeepsRowsWhereTheConditionIsTrueOnly) {
  Select select({{}, below(7)}, host_.context(), streams(0));
  KeptOutputs kept(select.binding().rows);
  select.open()->process(0, rows_of(20), kept.outputs());
  ASSERT_EQ(kept.batches.size(), 1U);
  const auto& batch = kept.batches[0];
  ASSERT_EQ(batch.size(), 6);  // 0 1 2 3 5 6; the 4 is NULL.
  EXPECT_EQ(batch.column("value").int64(4), 5);
  EXPECT_EQ(batch.column("offset").int64(5), 106);
  EXPECT_TRUE(batch.column("name").is_null(4));
  EXPECT_EQ(kept.counts[MR_COUNT_FILTERED], 14);
  EXPECT_TRUE(select.binding().reads_all_columns);
  EXPECT_TRUE(select.binding().rows[3].hidden);
  EXPECT_EQ(select.binding().time_column, 0);
}

TEST_F(SelectTest, ComputesAfterFiltering) {
  Select select({{host_.column(input, "value"), doubled()}, below(2)}, host_.context(), streams());
  KeptOutputs kept(select.binding().rows);
  select.open()->process(0, rows_of(100), kept.outputs());
  EXPECT_EQ(evaluated_rows_, 2);
  EXPECT_EQ(kept.json(), "{\"value\":0,\"twice\":0}\n{\"value\":1,\"twice\":2}\n");
}

TEST_F(SelectTest, GathersOnlyNamedColumns) {
  Select select({{host_.column(input, "value")}, below(2)}, host_.context(), streams());
  KeptOutputs kept(select.binding().rows);
  select.open()->process(0, rows_of(9), kept.outputs());
  EXPECT_EQ(kept.json(), "{\"value\":0}\n{\"value\":1}\n");
}

TEST_F(SelectTest, CopiesNothingWhenAllRowsPass) {
  Select select({{}, below(100)}, host_.context(), streams());
  KeptOutputs kept(select.binding().rows);
  const auto batch = rows_of(4);
  select.open()->process(0, batch, kept.outputs());
  ASSERT_EQ(kept.batches.size(), 1U);
  EXPECT_EQ(kept.batches[0].column(1).values, batch.column(1).values);
  EXPECT_EQ(kept.counts[MR_COUNT_FILTERED], 0);
}

TEST_F(SelectTest, EmitsNothingWhenNoRowPasses) {
  Select select({{}, below(0)}, host_.context(), streams());
  KeptOutputs kept(select.binding().rows);
  select.open()->process(0, rows_of(17), kept.outputs());
  EXPECT_TRUE(kept.batches.empty());
  EXPECT_EQ(kept.counts[MR_COUNT_FILTERED], 17);
}

TEST_F(SelectTest, ANullConditionDropsEverything) {
  auto null = host_.expression(input, "where", TypeId::null, [](const Batch& batch) {
    ColumnBuilder builder(TypeId::null);
    for (int64_t i = 0; i < batch.size(); ++i) builder.append_null();
    return builder.finish();
  });
  Select select({{}, null}, host_.context(), streams());
  KeptOutputs kept(select.binding().rows);
  select.open()->process(0, rows_of(3), kept.outputs());
  EXPECT_TRUE(kept.batches.empty());
}

TEST_F(SelectTest, EventTimeStaysOnlyWithAColumnThatPassesUnchanged) {
  const auto computed = host_.expression(input, "ts", TypeId::timestamp,
                                         [](const Batch& batch) { return batch.column(0); });
  Select renamed({{host_.column(input, "value"), host_.column(input, "ts", "at")}, {}},
                 host_.context(), streams(0));
  EXPECT_EQ(renamed.binding().time_column, 1);
  Select recomputed({{computed}, {}}, host_.context(), streams(0));
  EXPECT_EQ(recomputed.binding().time_column, -1);
  Select without({{host_.column(input, "ts")}, {}}, host_.context(), streams(-1));
  EXPECT_EQ(without.binding().time_column, -1);
}

TEST_F(SelectTest, ShowsAHiddenColumnThatIsNamed) {
  Select select({{host_.column(input, "offset")}, {}}, host_.context(), streams());
  EXPECT_FALSE(select.binding().rows[0].hidden);
}

TEST_F(SelectTest, RefusesWhatCannotWork) {
  try {
    Select({{}, host_.column(input, "value")}, host_.context(), streams());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.option, "where");
    EXPECT_THAT(error.what(), ::testing::HasSubstr("type long"));
  }
  try {
    Select({{host_.column(input, "ts", "a"), host_.column(input, "value", "a")}, {}},
           host_.context(), streams());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.option, "columns.a");
  }
}

TEST_F(SelectTest, WithoutOptionsEverythingPasses) {
  Select select({}, host_.context(), streams(0));
  KeptOutputs kept(select.binding().rows);
  select.open()->process(0, rows_of(2), kept.outputs());
  EXPECT_EQ(kept.batches.at(0).size(), 2);
  EXPECT_EQ(select.binding().time_column, 0);
}

}  // namespace
}  // namespace millrace

#include <gtest/gtest.h>

#include "plugins/json/json_format.hpp"
#include "tests/support/plugin/fake_host.hpp"

namespace millrace::json {
namespace {

using millrace::testing::FakeHost;
using millrace::testing::KeptRejects;

Batch one_row(const Schema& schema) {
  ColumnBuilder key(TypeId::string), at(TypeId::timestamp), count(TypeId::int64),
      mean(TypeId::float64);
  key.append_bytes("a\"b");
  at.append(int64_t{1'704'067'200'000'000});
  count.append(int64_t{3});
  mean.append_null();
  std::vector<Column> columns;
  columns.push_back(key.finish());
  columns.push_back(at.finish());
  columns.push_back(count.finish());
  columns.push_back(mean.finish());
  return {std::make_shared<const Schema>(schema), std::move(columns), 1};
}

const Schema schema{{{"key", TypeId::string},
                     {"at", TypeId::timestamp},
                     {"offset", TypeId::int64, true},
                     {"mean", TypeId::float64}}};

TEST(Encode, WritesVisibleColumnsInOrder) {
  FakeHost host;
  JsonFormat format({}, host.context(), schema);
  const auto payloads = format.encode(one_row(schema));
  ASSERT_EQ(payloads.length, 1);
  EXPECT_EQ(payloads.text(0), R"({"key":"a\"b","at":"2024-01-01T00:00:00Z","mean":null})");
}

TEST(Encode, WritesDecimalsAsNumbersWithAllTheirDigits) {
  FakeHost host;
  const Schema prices{{{"price", decimal_of(10, 2)}, {"rate", decimal_of(8, 8)}}};
  JsonFormat format({}, host.context(), prices);
  ColumnBuilder price(prices[0].type), rate(prices[1].type);
  price.append(Int128{-150});
  rate.append(Int128{1});
  std::vector<Column> columns;
  columns.push_back(price.finish());
  columns.push_back(rate.finish());
  const Batch batch(std::make_shared<const Schema>(prices), std::move(columns), 1);
  EXPECT_EQ(format.encode(batch).text(0), R"({"price":-1.50,"rate":0.00000001})");
}

TEST(Encode, LeavesNullsOutWhenAskedTo) {
  FakeHost host;
  JsonFormat format({"seconds", true}, host.context(), schema);
  EXPECT_EQ(format.encode(one_row(schema)).text(0),
            R"({"key":"a\"b","at":"2024-01-01T00:00:00Z"})");
}

TEST(Encode, WhatIsWrittenReadsBackTheSame) {
  FakeHost host;
  KeptRejects rejects;
  JsonFormat format({}, host.context(), schema);
  const auto payloads = format.encode(one_row(schema));
  const auto again = format.encode(format.decode(payloads, rejects.rejects()));
  EXPECT_EQ(again.text(0), payloads.text(0));
  EXPECT_TRUE(rejects.all.empty());
}

}  // namespace
}  // namespace millrace::json

#include <gtest/gtest.h>

#include "millrace/json.hpp"

#include "plugins/kafka/record_rows.hpp"
#include "plugins/kafka/text_column.hpp"

namespace millrace::kafka {
namespace {

Record record(std::string_view value, int64_t offset) {
  Record made;
  made.value = value;
  made.offset = offset;
  made.timestamp_ms = 1'700'000'000'123;
  made.timestamp_type = 0;
  return made;
}

TEST(RecordRows, HaveEveryColumnOfARecord) {
  RecordRows rows({2, 3, 4, 5, 6}, "views", 7);
  rows.append(record("a", 41));
  auto old = record("b", 43);
  old.timestamp_ms = -1;
  old.timestamp_type = -1;
  rows.append(old);
  const auto batch = rows.take();
  ASSERT_EQ(batch.size(), 2);
  EXPECT_EQ(Row(batch, 0).to_json(),
            R"({"topic":"views","partition":7,"offset":41,)"
            R"("timestamp":"2023-11-14T22:13:20.123Z","timestamp_type":0})");
  EXPECT_EQ(Row(batch, 1).to_json(),
            R"({"topic":"views","partition":7,"offset":43,"timestamp":null,"timestamp_type":-1})");
}

TEST(RecordRows, HaveNoTimeWhereMicrosecondsCannotTellIt) {
  RecordRows rows({5}, "views", 0);
  auto last = record("a", 0);
  last.timestamp_ms = INT64_MAX / 1000;
  rows.append(last);
  auto beyond = record("b", 1);
  beyond.timestamp_ms = INT64_MAX / 1000 + 1;
  rows.append(beyond);
  const auto batch = rows.take();
  EXPECT_FALSE(batch.column(0).is_null(0));
  EXPECT_TRUE(batch.column(0).is_null(1));
}

TEST(RecordRows, KeepOnlyWantedColumnsInTheirOrder) {
  RecordRows rows({1, 0}, "views", 0);
  EXPECT_TRUE(rows.wants_key());
  EXPECT_FALSE(rows.wants_timestamp());
  auto keyed = record("payload", 0);
  keyed.key = "k";
  keyed.has_key = true;
  rows.append(keyed);
  auto tombstone = record("", 1);
  tombstone.has_value = false;
  rows.append(tombstone);
  const auto batch = rows.take();
  EXPECT_EQ(batch.schema()[0].name, "key");
  EXPECT_EQ(batch.column(0).text(0), "k");
  EXPECT_EQ(batch.column(1).text(0), "payload");
  EXPECT_TRUE(batch.column(0).is_null(1));
  EXPECT_TRUE(batch.column(1).is_null(1));
}

TEST(RecordRows, AreFullByRowsOrByBytesAndEmptyOnceTaken) {
  RecordRows few({0}, "views", 0);
  const std::string large(1 << 20, 'x');
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(few.full());
    few.append(record(large, i));
  }
  EXPECT_TRUE(few.full());
  EXPECT_EQ(few.take().size(), 4);
  EXPECT_TRUE(few.empty());
  EXPECT_FALSE(few.full());

  RecordRows many({0}, "views", 0);
  for (int64_t i = 0; i < RecordRows::rows_max; ++i) many.append(record("x", i));
  EXPECT_TRUE(many.full());
}

TEST(RecordRows, WithoutAColumnAreCounted) {
  RecordRows rows({}, "views", 0);
  rows.append(record("a", 0));
  EXPECT_EQ(rows.take().size(), 1);
}

template <class Value>
Column column_of(TypeId type, Value value) {
  ColumnBuilder builder(type);
  builder.append(value);
  builder.append_null();
  return builder.finish();
}

TEST(TextColumn, SpellsValuesWithoutQuotes) {
  EXPECT_EQ(TextColumn(column_of(TypeId::int32, int32_t{-7}))[0], "-7");
  EXPECT_EQ(TextColumn(column_of(TypeId::int64, int64_t{1} << 40))[0], "1099511627776");
  EXPECT_EQ(TextColumn(column_of(TypeId::float64, 2.5))[0], "2.5");
  EXPECT_EQ(TextColumn(column_of(TypeId::timestamp, int64_t{0}))[0], "1970-01-01T00:00:00Z");
  EXPECT_EQ(TextColumn(column_of(TypeId::date, int32_t{1}))[0], "1970-01-02");
  EXPECT_TRUE(TextColumn(column_of(TypeId::int32, int32_t{1})).is_null(1));
}

TEST(TextColumn, KeepsBytesAsTheyAre) {
  ColumnBuilder builder(TypeId::binary);
  builder.append_bytes(std::string_view("\"\0\xff\"", 4));
  const TextColumn text(builder.finish());
  EXPECT_EQ(text[0], std::string_view("\"\0\xff\"", 4));
}

TEST(TextColumn, IsOfTypesThatHaveAText) {
  EXPECT_TRUE(can_be_key(TypeId::binary));
  EXPECT_TRUE(can_be_key(TypeId::boolean));
  EXPECT_FALSE(can_be_key(list_of(TypeId::string)));
  EXPECT_FALSE(can_be_key(TypeId::null));
}

}  // namespace
}  // namespace millrace::kafka

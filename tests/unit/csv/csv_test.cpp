#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/csv/csv_format.hpp"
#include "plugins/csv/field_reader.hpp"
#include "tests/support/plugin/fake_host.hpp"

namespace millrace::csv {
namespace {

using millrace::testing::binary_column;
using millrace::testing::FakeHost;
using millrace::testing::KeptRejects;
using millrace::testing::rows_json;
using ::testing::HasSubstr;

const Schema three{{{"a", TypeId::string}, {"b", TypeId::int64}, {"c", TypeId::string}}};

class CsvTest : public ::testing::Test {
 protected:
  std::string decode(const Schema& schema, const std::vector<std::string>& records,
                     const CsvSettings& settings = {}) {
    CsvFormat format(settings, host_.context(), schema);
    rejects_.all.clear();
    return rows_json(format.decode(binary_column(records), rejects_.rejects()));
  }
  std::string reason_of(const std::string& record) {
    decode(three, {record});
    return rejects_.all.size() == 1 ? rejects_.all[0].second : "";
  }
  // What fields a record has, in one line.
  static std::string split(const std::string& record, const Dialect& dialect = {}) {
    RecordSplitter splitter(dialect);
    if (!splitter.split(record)) return splitter.fault();
    std::string text;
    for (const auto& field : splitter.fields())
      text += (field.quoted ? "q[" : "[") + std::string(field.text) + "]";
    return text;
  }

  FakeHost host_;
  KeptRejects rejects_;
};

TEST_F(CsvTest, TimesWithoutAZoneAreOfTheSessionsZone) {
  const Schema at{{{"at", TypeId::timestamp}}};
  EXPECT_THAT(decode(at, {"2024-07-01 12:00:00"}), ::testing::HasSubstr("2024-07-01T12:00:00Z"));
  host_.set_two_hours_ahead();
  EXPECT_THAT(decode(at, {"2024-07-01 12:00:00"}), ::testing::HasSubstr("2024-07-01T10:00:00Z"));
  EXPECT_THAT(decode(at, {"2024-07-01 12:00:00Z"}), ::testing::HasSubstr("2024-07-01T12:00:00Z"));
}

TEST_F(CsvTest, SplitsAsTheRfcSays) {
  EXPECT_EQ(split("a,b,c"), "[a][b][c]");
  EXPECT_EQ(split("a,,"), "[a][][]");
  EXPECT_EQ(split(""), "[]");
  EXPECT_EQ(split(R"("a,b","c ""d"" e",f)"), "q[a,b]q[c \"d\" e][f]");
  EXPECT_EQ(split("\"x\ny\",z"), "q[x\ny][z]");
  EXPECT_EQ(split(R"("","""",x)"), "q[]q[\"][x]");
  EXPECT_EQ(split(R"(a"b,c)"), "[a\"b][c]");
  EXPECT_EQ(split(R"("a" ,b)"), "q[a][b]");
  EXPECT_EQ(split(R"(a,"b)"), "the quote at byte 2 is not closed");
  EXPECT_EQ(split(R"("a"b,c)"), "there is text behind the closing quote at byte 3");
}

TEST_F(CsvTest, SplitsInOtherDialects) {
  EXPECT_EQ(split("a\t\tb", {.delimiter = '\t'}), "[a][][b]");
  EXPECT_EQ(split("'a;b';c", {.delimiter = ';', .quote = '\''}), "q[a;b][c]");
  EXPECT_EQ(split(R"("a\"b\\",c)", {.escape = '\\'}), "q[a\"b\\][c]");
  EXPECT_EQ(split("\"a\",b", {.quote = 0}), "[\"a\"][b]");
  EXPECT_EQ(split(" a , \"b\" , c "), "[ a ][ \"b\" ][ c ]");
  EXPECT_EQ(split(" a , \"b\" , c ", {.trim_leading = true, .trim_trailing = true}), "[a]q[b][c]");
}

TEST_F(CsvTest, DecodesByPosition) {
  EXPECT_EQ(decode(three, {"x,1,y", "\"\",+2,", ",,z", ""}),
            "{\"a\":\"x\",\"b\":1,\"c\":\"y\"}\n{\"a\":\"\",\"b\":2,\"c\":null}\n"
            "{\"a\":null,\"b\":null,\"c\":\"z\"}\n{\"a\":null,\"b\":null,\"c\":null}\n");
  EXPECT_TRUE(rejects_.all.empty());
}

TEST_F(CsvTest, ColumnsSayWhereASubsetIs) {
  CsvSettings settings;
  settings.columns = {"c", "x", "b", "a"};
  EXPECT_EQ(decode(three, {"1,2,3,4"}, settings), "{\"a\":\"4\",\"b\":3,\"c\":\"1\"}\n");
  settings.columns = {"a", "b"};
  EXPECT_THROW(decode(three, {}, settings), Error);
}

TEST_F(CsvTest, ReadsEveryType) {
  const Schema schema{{{"o", TypeId::boolean},
                       {"i", TypeId::int32},
                       {"f", TypeId::float32},
                       {"d", TypeId::float64},
                       {"n", TypeId::float64},
                       {"day", TypeId::date},
                       {"at", TypeId::timestamp},
                       {"price", decimal_of(10, 2)},
                       {"raw", TypeId::binary}}};
  EXPECT_EQ(decode(schema, {"TRUE,-7,0.5,1e3,NaN,2024-02-29,2024-01-01 00:00:01,1.005,h"}),
            "{\"o\":true,\"i\":-7,\"f\":0.5,\"d\":1000.0,\"n\":\"NaN\",\"day\":\"2024-02-29\","
            "\"at\":\"2024-01-01T00:00:01Z\",\"price\":1.01,\"raw\":\"aA==\"}\n");
  EXPECT_TRUE(rejects_.all.empty());
}

TEST_F(CsvTest, DecimalsMayHaveCommasAndMustFit) {
  const Schema schema{{{"price", decimal_of(6, 2)}}};
  EXPECT_EQ(decode(schema, {"\"1,234.5\"", "-1e-2"}), "{\"price\":1234.50}\n{\"price\":-0.01}\n");
  EXPECT_TRUE(rejects_.all.empty());
  decode(schema, {"10000", "x"});
  ASSERT_EQ(rejects_.all.size(), 2U);
  EXPECT_THAT(rejects_.all[0].second, HasSubstr("should be of type decimal(6,2), found `10000`"));
}

TEST_F(CsvTest, NullsMayBeSpelled) {
  CsvSettings settings;
  settings.null_value = "NA";
  EXPECT_EQ(decode(three, {"NA,NA,\"NA\""}, settings), "{\"a\":null,\"b\":null,\"c\":\"NA\"}\n");
}

TEST_F(CsvTest, RejectsWithAReason) {
  EXPECT_EQ(reason_of("a,b,c"), "field `b` (number 2) should be of type long, found `b`");
  EXPECT_EQ(reason_of("a,1"), "the record has 2 fields where 3 were expected");
  EXPECT_EQ(reason_of("a,1,c,d"), "the record has 4 fields where 3 were expected");
  EXPECT_EQ(reason_of("a,1,\"c"), "not valid CSV: the quote at byte 4 is not closed");
  EXPECT_THAT(reason_of("a,9223372036854775808,c"), HasSubstr("type long"));
  EXPECT_THAT(reason_of("\xff,1,c"), HasSubstr("type string"));
  EXPECT_THAT(reason_of("a,1.0,c"), HasSubstr("type long"));
}

TEST_F(CsvTest, ARejectedRowIsNullInEveryColumn) {
  EXPECT_EQ(decode(three, {"x,1,y", "x,?,y", "z,2,w"}),
            "{\"a\":\"x\",\"b\":1,\"c\":\"y\"}\n{\"a\":null,\"b\":null,\"c\":null}\n"
            "{\"a\":\"z\",\"b\":2,\"c\":\"w\"}\n");
}

TEST_F(CsvTest, WhatIsWrittenReadsBackTheSame) {
  const std::vector<std::string> records = {R"(plain,1,"a,b")", R"("with ""quotes""",-2,"")",
                                            R"(,,"line)"
                                            "\nbreak\"",
                                            R"(" x",3,"y ")"};
  for (const char* escape : {"\"", "\\"}) {
    CsvFormat format({}, host_.context(), three);
    CsvSettings settings;
    settings.escape = escape;
    settings.null_value = escape[0] == '\\' ? "NULL" : "";
    CsvFormat other(settings, host_.context(), three);
    const auto rows = format.decode(binary_column(records), rejects_.rejects());
    const auto again = other.decode(other.encode(rows), rejects_.rejects());
    EXPECT_EQ(rows_json(again), rows_json(rows));
  }
  EXPECT_TRUE(rejects_.all.empty());
}

TEST_F(CsvTest, WritesVisibleColumnsOnly) {
  Schema schema = three;
  schema.fields[1].hidden = true;
  CsvFormat format({}, host_.context(), schema);
  const auto rows = format.decode(binary_column({"x,1,y"}), rejects_.rejects());
  EXPECT_EQ(format.encode(rows).text(0), "x,y");
}

TEST_F(CsvTest, RefusesWhatCannotWork) {
  CsvSettings two;
  two.delimiter = "||";
  EXPECT_THROW(CsvFormat(two, host_.context(), three), Error);
  CsvSettings same;
  same.delimiter = "\"";
  EXPECT_THROW(CsvFormat(same, host_.context(), three), Error);
  EXPECT_THROW(CsvFormat({}, host_.context(), {{{"l", list_of(TypeId::int64)}}}), Error);
}

TEST_F(CsvTest, Utf8IsChecked) {
  for (const std::string good : {"", "a", "é", "€", "😀"}) EXPECT_TRUE(is_utf8(good)) << good;
  for (const std::string bad : {"\x80", "\xc0\x80", "\xc3", "\xe2\x82", "\xed\xa0\x80",
                                "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST_F(CsvTest, RandomBytesNeverCrash) {
  const Schema schema{{{"a", TypeId::string},
                       {"b", TypeId::int32},
                       {"c", TypeId::float64},
                       {"d", TypeId::timestamp}}};
  static constexpr std::string_view likely = ",,\"\"\\ 0123-:.TZeEabN\n\t";
  std::mt19937_64 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> records(random() % 8 + 1);
    for (auto& record : records)
      for (size_t size = random() % 50; size != 0; --size)
        record +=
            random() % 10 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
    CsvSettings settings;
    settings.escape = round % 2 == 0 ? "\"" : "\\";
    settings.ignore_leading_white_space = round % 3 == 0;
    settings.ignore_trailing_white_space = round % 5 == 0;
    CsvFormat format(settings, host_.context(), schema);
    rejects_.all.clear();
    const auto rows = format.decode(binary_column(records), rejects_.rejects());
    ASSERT_EQ(rows.size(), static_cast<int64_t>(records.size()));
    for (const auto& [row, reason] : rejects_.all) ASSERT_TRUE(rows.column(0).is_null(row));
  }
}

}  // namespace
}  // namespace millrace::csv

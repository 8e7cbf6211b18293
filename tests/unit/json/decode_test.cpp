#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/json/json_format.hpp"
#include "tests/support/plugin/fake_host.hpp"

namespace millrace::json {
namespace {

using millrace::testing::binary_column;
using millrace::testing::FakeHost;
using millrace::testing::KeptRejects;
using millrace::testing::rows_json;
using ::testing::HasSubstr;

class DecodeTest : public ::testing::Test {
 protected:
  // The rows as JSON lines.
  std::string decode(const Schema& schema, const std::vector<std::string>& payloads,
                     const JsonSettings& settings = {}) {
    JsonFormat format(settings, host_.context(), schema);
    rejects_.all.clear();
    const auto rows = format.decode(binary_column(payloads), rejects_.rejects());
    EXPECT_EQ(rows.size(), static_cast<int64_t>(payloads.size()));
    return rows_json(rows);
  }
  std::string decode_one(const Type& type, const std::string& value) {
    return decode({{{"a", type}}}, {"{\"a\":" + value + "}"});
  }
  std::string reason_of(const Type& type, const std::string& payload) {
    decode({{{"a", type}}}, {payload});
    return rejects_.all.size() == 1 ? rejects_.all[0].second : "";
  }

  FakeHost host_;
  KeptRejects rejects_;
};

const Schema event{
    {{"key", TypeId::string}, {"timestamp", TypeId::timestamp}, {"value", TypeId::float64}}};

TEST_F(DecodeTest, ReadsFieldsInAnyOrder) {
  EXPECT_EQ(
      decode(event, {R"({"key":"a","timestamp":"2024-01-01T00:00:01.5Z","value":1.5})",
                     R"( { "value" : 2 , "other" : [ 1 , { "x" : "}" } ] , "key" : "b" } )",
                     R"({"timestamp":"2024-01-01T00:00:02+01:00","key":"c","value":-0.25e1})"}),
      R"({"key":"a","timestamp":"2024-01-01T00:00:01.500Z","value":1.5}
{"key":"b","timestamp":null,"value":2.0}
{"key":"c","timestamp":"2023-12-31T23:00:02Z","value":-2.5}
)");
  EXPECT_TRUE(rejects_.all.empty());
}

// As Spark's reader: in quotes too, rounded half up, and never by way of a double.
TEST_F(DecodeTest, DecimalsKeepTheirDigits) {
  const Type price = decimal_of(10, 2);
  EXPECT_EQ(decode_one(price, "1.5"), "{\"a\":1.50}\n");
  EXPECT_EQ(decode_one(price, "-12345678.905"), "{\"a\":-12345678.91}\n");
  EXPECT_EQ(decode_one(price, "1e2"), "{\"a\":100.00}\n");
  EXPECT_EQ(decode_one(price, "\"1,000.5\""), "{\"a\":1000.50}\n");
  EXPECT_EQ(decode_one(price, "null"), "{\"a\":null}\n");
  EXPECT_EQ(decode_one(decimal_of(38, 4), "1234567890123456789012345678901234.5678"),
            "{\"a\":1234567890123456789012345678901234.5678}\n");
  EXPECT_TRUE(rejects_.all.empty());
}

TEST_F(DecodeTest, DecimalsThatDoNotFitAreBadRecords) {
  const Type price = decimal_of(4, 2);
  for (const char* value : {"100", "99.995", "\"x\"", "\"\"", "true", "[1]", "\"NaN\""})
    EXPECT_THAT(reason_of(price, std::string("{\"a\":") + value + "}"), HasSubstr("decimal(4,2)"))
        << value;
}

TEST_F(DecodeTest, MissingAndNullFieldsAreNull) {
  EXPECT_EQ(decode({{{"a", TypeId::int64}, {"b", TypeId::string}}},
                   {"{}", R"({"a":null,"b":null})", R"({"A":1})", "", "  "}),
            "{\"a\":null,\"b\":null}\n{\"a\":null,\"b\":null}\n{\"a\":null,\"b\":null}\n"
            "{\"a\":null,\"b\":null}\n{\"a\":null,\"b\":null}\n");
  EXPECT_TRUE(rejects_.all.empty());
}

TEST_F(DecodeTest, NullPayloadsAreRowsOfNulls) {
  ColumnBuilder payloads(TypeId::binary);
  payloads.append_bytes(R"({"a":1})");
  payloads.append_null();
  payloads.append_bytes(R"({"a":2})");
  JsonFormat format({}, host_.context(), {{{"a", TypeId::int64}}});
  EXPECT_EQ(rows_json(format.decode(payloads.finish(), rejects_.rejects())),
            "{\"a\":1}\n{\"a\":null}\n{\"a\":2}\n");
  EXPECT_TRUE(rejects_.all.empty());
}

TEST_F(DecodeTest, ReadsEveryType) {
  EXPECT_EQ(decode_one(TypeId::boolean, "true"), "{\"a\":true}\n");
  EXPECT_EQ(decode_one(TypeId::int32, "-2147483648"), "{\"a\":-2147483648}\n");
  EXPECT_EQ(decode_one(TypeId::int64, "9223372036854775807"), "{\"a\":9223372036854775807}\n");
  EXPECT_EQ(decode_one(TypeId::int64, "-9223372036854775808"), "{\"a\":-9223372036854775808}\n");
  EXPECT_EQ(decode_one(TypeId::float32, "0.1"), "{\"a\":0.1}\n");
  EXPECT_EQ(decode_one(TypeId::float64, "\"NaN\""), "{\"a\":\"NaN\"}\n");
  EXPECT_EQ(decode_one(TypeId::float64, "\"-Infinity\""), "{\"a\":\"-Infinity\"}\n");
  EXPECT_EQ(decode_one(TypeId::string, R"("x\n\u00e9\ud83d\ude00")"), "{\"a\":\"x\\né😀\"}\n");
  EXPECT_EQ(decode_one(TypeId::string, R"("","b":"\\")"), "{\"a\":\"\"}\n");
  EXPECT_EQ(decode_one(TypeId::binary, "\"aGVsbG8=\""), "{\"a\":\"aGVsbG8=\"}\n");
  EXPECT_EQ(decode_one(TypeId::date, "\"2024-02-29\""), "{\"a\":\"2024-02-29\"}\n");
  EXPECT_EQ(decode_one(list_of(TypeId::int32), "[1, null, 3]"), "{\"a\":[1,null,3]}\n");
  EXPECT_EQ(decode_one(list_of(TypeId::int32), "[]"), "{\"a\":[]}\n");
  EXPECT_EQ(decode_one({TypeId::structure, {{"x", TypeId::int64}, {"y", list_of(TypeId::string)}}},
                       R"({"z":{},"y":["p","q"],"x":1})"),
            "{\"a\":{\"x\":1,\"y\":[\"p\",\"q\"]}}\n");
  EXPECT_TRUE(rejects_.all.empty());
}

TEST_F(DecodeTest, StringColumnsTakeOtherValuesAsSpelled) {
  EXPECT_EQ(decode_one(TypeId::string, "1.50"), "{\"a\":\"1.50\"}\n");
  EXPECT_EQ(decode_one(TypeId::string, "true"), "{\"a\":\"true\"}\n");
  EXPECT_EQ(decode_one(TypeId::string, R"({"x": [1, 2]} )"), "{\"a\":\"{\\\"x\\\": [1, 2]}\"}\n");
}

TEST_F(DecodeTest, IntegersInTimestampColumnsCountTheUnit) {
  const Schema schema{{{"a", TypeId::timestamp}}};
  EXPECT_EQ(decode(schema, {R"({"a":1704067200})"}), "{\"a\":\"2024-01-01T00:00:00Z\"}\n");
  EXPECT_EQ(decode(schema, {R"({"a":1704067200123})"}, {"milliseconds", false}),
            "{\"a\":\"2024-01-01T00:00:00.123Z\"}\n");
  // Milliseconds taken for seconds would be in the year 55970.
  EXPECT_EQ(decode(schema, {R"({"a":1704067200123})"}), "{\"a\":null}\n");
  EXPECT_EQ(rejects_.all.size(), 1U);
  EXPECT_THROW(JsonFormat({"hours", false}, host_.context(), schema), Error);
}

TEST_F(DecodeTest, OfFieldsWithOneNameTheLastCounts) {
  EXPECT_EQ(decode_one(TypeId::int64, R"(1,"b":2,"a":3)"), "{\"a\":3}\n");
  EXPECT_TRUE(rejects_.all.empty());
  EXPECT_THAT(reason_of(TypeId::int64, R"({"a":1x,"a":3})"), HasSubstr("not a number"));
}

TEST_F(DecodeTest, NamesMayBeSpelledWithEscapes) {
  EXPECT_EQ(decode_one(TypeId::int64, R"(1,"\u0061":2)"), "{\"a\":2}\n");
}

TEST_F(DecodeTest, SaysWhichFieldHasTheWrongType) {
  EXPECT_EQ(reason_of(TypeId::int64, R"({"b":0,"a":"abc"})"),
            "field `a` should be of type long, found `\"abc\"` at byte 11");
  EXPECT_THAT(reason_of(TypeId::int64, R"({"a":1.5})"), HasSubstr("found `1.5`"));
  EXPECT_THAT(reason_of(TypeId::int64, R"({"a":9223372036854775808})"), HasSubstr("type long"));
  EXPECT_THAT(reason_of(TypeId::int32, R"({"a":2147483648})"), HasSubstr("type int"));
  EXPECT_THAT(reason_of(TypeId::boolean, R"({"a":1})"), HasSubstr("type boolean"));
  EXPECT_THAT(reason_of(TypeId::float64, R"({"a":"1"})"), HasSubstr("type double"));
  EXPECT_THAT(reason_of(TypeId::timestamp, R"({"a":"yesterday"})"), HasSubstr("type timestamp"));
  EXPECT_THAT(reason_of(TypeId::date, R"({"a":"2023-02-29"})"), HasSubstr("type date"));
  EXPECT_THAT(reason_of(TypeId::binary, R"({"a":"%"})"), HasSubstr("type binary"));
  EXPECT_THAT(reason_of(list_of(TypeId::int64), R"({"a":[1,"x"]})"), HasSubstr("field `a[1]`"));
  EXPECT_THAT(reason_of({TypeId::structure, {{"x", TypeId::int64}}}, R"({"a":{"x":[]}})"),
              HasSubstr("field `a.x` should be of type long"));
}

TEST_F(DecodeTest, SaysWhereTextIsMalformed) {
  EXPECT_EQ(reason_of(TypeId::int64, R"({"a":1)"),
            "not valid JSON: the JSON text ends too early at byte 6");
  EXPECT_EQ(reason_of(TypeId::int64, "garbage"),
            "not valid JSON: a JSON object was expected at byte 0, found `garbage`");
  EXPECT_THAT(reason_of(TypeId::int64, R"([{"a":1}])"), HasSubstr("object was expected"))
      << "arrays are not rows";
}

TEST_F(DecodeTest, RefusesWhatIsNotJsonAlsoInFieldsThatNobodyWants) {
  for (const std::string bad : {R"({"a":1,})",
                                R"({"a":1}x)",
                                R"({"a":1}{"a":2})",
                                R"({"b":nul})",
                                R"({"b":01})",
                                R"({"b":1.})",
                                R"({"b":"\q"})",
                                R"({"b":"\u12g4"})",
                                R"({"b":[1,]})",
                                R"({"b":[1}})",
                                R"({"b":{"c"}})",
                                R"({"b" 1})",
                                R"({b:1})",
                                R"({"b":,})",
                                R"({"a":})",
                                R"({"a":,"b":1})",
                                R"({"b":"x)",
                                R"({"b":"x"y})",
                                R"({"b":+1})",
                                R"({"b":1 2})",
                                R"({"a":12x})",
                                R"({,"a":1})",
                                R"({"b":tru)",
                                R"({"\q":1})",
                                "{\"b\":\"\x01\"}",
                                "{\"b\":\"\xff\"}",
                                R"(null)",
                                R"("a")",
                                R"(12)",
                                R"({"b":[[[}]]})"}) {
    EXPECT_EQ(decode({{{"a", TypeId::int64}}}, {R"({"a":7})", bad, R"({"a":8})"}),
              "{\"a\":7}\n{\"a\":null}\n{\"a\":8}\n")
        << bad;
    ASSERT_EQ(rejects_.all.size(), 1U) << bad;
    EXPECT_EQ(rejects_.all[0].first, 1) << bad;
  }
}

TEST_F(DecodeTest, ARejectedRowIsNullInEveryColumn) {
  const Schema schema{{{"a", TypeId::int64}, {"b", TypeId::string}, {"c", TypeId::boolean}}};
  EXPECT_EQ(decode(schema, {R"({"a":1,"b":"x","c":true})", R"({"a":2,"b":"y","c":5})",
                            R"({"a":"z","b":"y","c":5})"}),
            "{\"a\":1,\"b\":\"x\",\"c\":true}\n{\"a\":null,\"b\":null,\"c\":null}\n"
            "{\"a\":null,\"b\":null,\"c\":null}\n");
  EXPECT_EQ(rejects_.all.size(), 2U);
}

TEST_F(DecodeTest, WithoutColumnsDocumentsAreStillChecked) {
  EXPECT_EQ(decode({}, {"{\"a\":1}", "{"}), "{}\n{}\n");
  EXPECT_EQ(rejects_.all.size(), 1U);
}

TEST_F(DecodeTest, DecodesRunsLongerThanTheIndexHolds) {
  std::vector<std::string> payloads;
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string text(static_cast<size_t>(i % 100 == 99 ? 200'000 : i % 90), 'x');
    payloads.push_back("{\"pad\":\"" + text + "\",\"a\":" + std::to_string(i) + "}");
    expected += "{\"a\":" + std::to_string(i) + "}\n";
  }
  EXPECT_EQ(decode({{{"a", TypeId::int64}}}, payloads), expected);
}

}  // namespace
}  // namespace millrace::json

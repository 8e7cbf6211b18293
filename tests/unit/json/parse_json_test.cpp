#include "plugins/json/parse_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/json.hpp"

#include "plugins/json/decoder.hpp"
#include "tests/support/plugin/fake_host.hpp"

namespace millrace::json {
namespace {

using millrace::testing::FakeHost;
using millrace::testing::KeptOutputs;
using ::testing::HasSubstr;

const Schema input{{{"id", TypeId::int64}, {"ts", TypeId::timestamp}, {"raw", TypeId::string}}};
const std::vector<Field> wanted{{"a", TypeId::int64}, {"b", TypeId::string}};
const std::vector<Field> with_bad{
    {"a", TypeId::int64}, {"b", TypeId::string}, {"_bad", TypeId::string}};

// No text: null.
Batch texts(const std::vector<const char*>& raw) {
  ColumnBuilder id(TypeId::int64), ts(TypeId::timestamp), texts(TypeId::string);
  for (size_t i = 0; i < raw.size(); ++i) {
    id.append(static_cast<int64_t>(i));
    ts.append(int64_t{0});
    if (raw[i] == nullptr)
      texts.append_null();
    else
      texts.append_bytes(raw[i]);
  }
  std::vector<Column> columns;
  columns.push_back(id.finish());
  columns.push_back(ts.finish());
  columns.push_back(texts.finish());
  return {std::make_shared<const Schema>(input), std::move(columns),
          static_cast<int64_t>(raw.size())};
}

class ParseJsonTest : public ::testing::Test {
 protected:
  ParseJsonSettings settings(std::vector<Field> schema) {
    ParseJsonSettings made;
    made.column = host_.column(input, "raw");
    made.schema = std::move(schema);
    return made;
  }
  static std::vector<Stream> streams() {
    return {{std::make_shared<const Schema>(input), 1, TimeKind::of_row}};
  }
  ParseJson transform(const ParseJsonSettings& settings) {
    return {settings, host_.context(), streams()};
  }
  std::string parsed(const ParseJsonSettings& settings, const std::vector<const char*>& raw) {
    auto made = transform(settings);
    KeptOutputs kept(made.binding().rows);
    made.open()->process(0, texts(raw), kept.outputs());
    return kept.json();
  }
  std::string refusal(const ParseJsonSettings& settings) {
    try {
      transform(settings);
    } catch (const Error& error) {
      return std::string(error.what()) + " / " + error.option;
    }
    return "";
  }

  FakeHost host_;
};

TEST_F(ParseJsonTest, TimesWithoutAZoneAreOfTheSessionsZone) {
  const std::vector<const char*> raw{
      R"({"at": "2024-07-01 12:00:00"})", R"({"at": "2024-07-01T12:00:00Z"})",
      R"({"at": "2024-07-01T12:00:00+01:00"})", R"({"at": "2024-07-01"})"};
  const std::vector<Field> at{{"at", TypeId::timestamp}};
  EXPECT_THAT(parsed(settings(at), raw), HasSubstr("2024-07-01T12:00:00Z"));
  host_.set_two_hours_ahead();
  EXPECT_EQ(parsed(settings(at), raw), R"({"at":"2024-07-01T10:00:00Z"}
{"at":"2024-07-01T12:00:00Z"}
{"at":"2024-07-01T11:00:00Z"}
{"at":"2024-06-30T22:00:00Z"}
)");
}

TEST_F(ParseJsonTest, NullsWhatCannotBeReadAndKeepsItsText) {
  auto bad = settings(with_bad);
  bad.corrupt_column = "_bad";
  EXPECT_EQ(parsed(bad, {R"({"a":1,"b":"x"})", R"({"a":"no","b":"y"})", R"({"a":1)", "[1]"}),
            R"({"a":1,"b":"x","_bad":null}
{"a":null,"b":"y","_bad":"{\"a\":\"no\",\"b\":\"y\"}"}
{"a":null,"b":null,"_bad":"{\"a\":1"}
{"a":null,"b":null,"_bad":"[1]"}
)");
}

TEST_F(ParseJsonTest, NullAndBlankTextsAreNotCorrupt) {
  auto bad = settings(with_bad);
  bad.corrupt_column = "_bad";
  bad.mode = "failfast";
  EXPECT_EQ(parsed(bad, {nullptr, "", "  ", "{}"}),
            "{\"a\":null,\"b\":null,\"_bad\":null}\n{\"a\":null,\"b\":null,\"_bad\":null}\n"
            "{\"a\":null,\"b\":null,\"_bad\":null}\n{\"a\":null,\"b\":null,\"_bad\":null}\n");
}

TEST_F(ParseJsonTest, TakesNumbersAsTextAndNamesAsTheyAreSpelled) {
  EXPECT_EQ(parsed(settings(wanted), {R"({"b":5.50,"A":3})", R"({"b":{"x": [1]}})"}),
            "{\"a\":null,\"b\":\"5.50\"}\n{\"a\":null,\"b\":\"{\\\"x\\\": [1]}\"}\n");
}

TEST_F(ParseJsonTest, DoesNotLookAtTextBehindTheObject) {
  EXPECT_EQ(parsed(settings(wanted), {R"({"a":1} and more)", R"({"a":2}})", R"({"a":3})"}),
            "{\"a\":1,\"b\":null}\n{\"a\":2,\"b\":null}\n{\"a\":3,\"b\":null}\n");
}

TEST_F(ParseJsonTest, ReadsSingleQuotesAndNamedNumbersAsSparkDoes) {
  EXPECT_EQ(
      parsed(settings(wanted), {R"({'a':1,'b':'say "x" or \'y\''})", R"({"a":2,"b":"it's"})"}),
      "{\"a\":1,\"b\":\"say \\\"x\\\" or 'y'\"}\n{\"a\":2,\"b\":\"it's\"}\n");
  EXPECT_EQ(parsed(settings({{"x", TypeId::float64}, {"b", TypeId::string}}),
                   {R"({"x":NaN,"b":"NaN"})", R"({"x":-Infinity,"b":true})", R"({"x":15e-1})"}),
            "{\"x\":\"NaN\",\"b\":\"NaN\"}\n{\"x\":\"-Infinity\",\"b\":\"true\"}\n"
            "{\"x\":1.5,\"b\":null}\n");
}

TEST_F(ParseJsonTest, KeepsTheReadablePartsOfNestedValues) {
  const Type inner(TypeId::structure, {{"x", TypeId::int64}, {"y", TypeId::int64}});
  const auto nested =
      settings({{"s", inner}, {"l", list_of(TypeId::int64)}, {"m", list_of(inner)}});
  EXPECT_EQ(parsed(nested, {R"({"s":{"x":1,"y":"no"},"l":[1,"no"],"m":[{"x":1},{"x":"no","y":2}]})",
                            R"({"s":1,"l":[2],"m":[{"x":1},3]})"}),
            R"({"s":{"x":1,"y":null},"l":null,"m":[{"x":1,"y":null},{"x":null,"y":2}]}
{"s":null,"l":[2],"m":null}
)");
}

TEST_F(ParseJsonTest, PutsKeptColumnsInFrontAndKeepsTheWatermarkColumn) {
  auto keeping = settings(wanted);
  keeping.keep = {host_.column(input, "id", "number"), host_.column(input, "ts")};
  EXPECT_EQ(transform(keeping).binding().time_column, 1);
  EXPECT_EQ(parsed(keeping, {R"({"a":7})"}),
            "{\"number\":0,\"ts\":\"1970-01-01T00:00:00Z\",\"a\":7,\"b\":null}\n");
  EXPECT_EQ(transform(settings(wanted)).binding().time_column, -1);
}

TEST_F(ParseJsonTest, FailfastFailsTheEpochNamingRowAndField) {
  auto strict = settings(wanted);
  strict.mode = "failfast";
  try {
    parsed(strict, {"{}", R"({"a":"no"})"});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), HasSubstr("row 1 of `raw`: field `a` should be of type long"));
    EXPECT_THAT(error.what(), HasSubstr("mode = \"permissive\""));
  }
}

TEST_F(ParseJsonTest, RefusesWhatCannotWork) {
  auto missing = settings(wanted);
  missing.corrupt_column = "_bad";
  EXPECT_THAT(refusal(missing), HasSubstr("add _bad = \"string\" to it / corrupt_column"));
  auto number = settings({{"_bad", TypeId::int64}});
  number.corrupt_column = "_bad";
  EXPECT_THAT(refusal(number), HasSubstr("it must be a string, not a long / schema._bad"));
  auto twice = settings({{"id", TypeId::int64}});
  twice.keep = {host_.column(input, "id")};
  EXPECT_THAT(refusal(twice), HasSubstr("two columns are named `id`"));
  auto not_text = settings(wanted);
  not_text.column = host_.column(input, "id");
  EXPECT_THAT(refusal(not_text), HasSubstr("parse_json reads texts, and this is a long / column"));
}

TEST(PartialDecoder, IgnoresTextThatANullHides) {
  ColumnBuilder builder(TypeId::string);
  builder.append_bytes(R"({"a":1})");
  builder.append_bytes("garbage");
  Column column = builder.finish();
  const uint8_t validity = 0;
  column.validity = &validity;
  Decoder decoder({{{"a", TypeId::int64}}}, 1, Decoder::Mismatched::value);
  const Batch rows = decoder.decode(column);
  EXPECT_TRUE(rows.column(0).is_null(0));
  EXPECT_TRUE(rows.column(0).is_null(1));
  EXPECT_TRUE(decoder.faults().empty());
}

}  // namespace
}  // namespace millrace::json

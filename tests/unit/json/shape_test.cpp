#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/json/decoder.hpp"
#include "tests/support/plugin/fake_host.hpp"
#include "tests/support/stride.hpp"

namespace millrace::json {
namespace {

using millrace::testing::binary_column;
using millrace::testing::rows_json;

const Schema every_type{{{"text", TypeId::string},
                         {"time", TypeId::timestamp},
                         {"real", TypeId::float64},
                         {"short", TypeId::float32},
                         {"count", TypeId::int64},
                         {"small", TypeId::int32},
                         {"day", TypeId::date},
                         {"flag", TypeId::boolean}}};

constexpr int64_t milliseconds = 1000;

Decoder decoder(Decoder::Shapes shapes, const Schema& schema = every_type) {
  return {schema, milliseconds, Decoder::Mismatched::row, Decoder::Behind::refused, shapes};
}

// Decodes the payloads with and without shapes, twice, since the second time begins with a shape
// known.
void expect_same_both_ways(const std::vector<std::string>& payloads,
                           const Schema& schema = every_type) {
  auto by_shape = decoder(Decoder::Shapes::learned, schema);
  auto by_tokens = decoder(Decoder::Shapes::ignored, schema);
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(rows_json(by_shape.decode(binary_column(payloads))),
              rows_json(by_tokens.decode(binary_column(payloads))));
    ASSERT_EQ(by_shape.faults(), by_tokens.faults());
  }
}

// Values as they may stand in JSON, and some that may not.
const std::vector<std::string> values{R"("a")",
                                      R"("")",
                                      R"("quite a long text, longer than eight bytes")",
                                      R"("a\"b")",
                                      R"("\u00e9")",
                                      "\"\xc3\xa9\"",
                                      "\"\xc3\"",
                                      "\"1234567\xc3\xa9\"",
                                      "\"tab\t\"",
                                      R"("seven..\\")",
                                      R"("2024-01-31T12:30:00Z")",
                                      R"("2024-01-31 12:30:00.123456+01:00")",
                                      R"("2024-01-31")",
                                      R"("2024-02-30")",
                                      R"("2024-01-31T12:30:00.123Z")",
                                      R"("2024-01-31T23:59:59.999Z")",
                                      R"("2024-01-31T24:00:00.000Z")",
                                      R"("2024-01-31T12:60:00.000Z")",
                                      R"("2024-01-31T12:30:60.000Z")",
                                      R"("2024-01-31 12:30:00.123Z")",
                                      R"("2024-01-31T12:30:00.123z")",
                                      R"("2024-01-31T12:30:00.1234")",
                                      R"("2024-01-31T12:30:00.12\"")",
                                      R"("2024-02-01T00:00:00.000Z")",
                                      "0",
                                      "-0",
                                      "7",
                                      "-12",
                                      "01",
                                      "2147483647",
                                      "2147483648",
                                      "-2147483648",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "99999999999999999999",
                                      "1.5",
                                      "-0.25e1",
                                      "1e400",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "+1",
                                      "1-2",
                                      "0.1",
                                      "123456789012345678901234567890.5",
                                      "true",
                                      "false",
                                      "null",
                                      "nul",
                                      "truefalse",
                                      "[1]",
                                      R"({"x":1})",
                                      "",
                                      "1704067200000",
                                      "17040672000000000"};

class RandomRecords {
 public:
  explicit RandomRecords(uint32_t seed) : random_(seed) {
    const char* names[] = {"text",  "time", "real", "short", "count",
                           "small", "day",  "flag", "other", "text"};
    for (const char* name : names)
      if (pick(4) != 0) names_.push_back(name);
    std::shuffle(names_.begin(), names_.end(), random_);
    blank_ = pick(2) == 0 ? "" : " ";
    usual_.resize(names_.size());
    for (auto& value : usual_) value = pick(values.size());
  }

  // Mostly of one shape, and mostly right.
  std::string next() {
    std::string record = "{";
    for (size_t i = 0; i < names_.size(); ++i) {
      if (i != 0) record += "," + blank_;
      const auto value = pick(8) == 0 ? pick(values.size()) : usual_[i];
      record += "\"" + names_[i] + "\":" + blank_ + values[value];
    }
    record += "}";
    if (pick(20) == 0) record.erase(pick(record.size()), 1 + pick(3));
    if (pick(20) == 0) record.insert(pick(record.size()), 1, " \"{}[]:,\\a1n"[pick(12)]);
    return record;
  }

 private:
  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }

  std::mt19937 random_;
  std::vector<std::string> names_;
  std::vector<size_t> usual_;
  std::string blank_;
};

TEST(Shape, RandomRecordsAreReadAsWithoutShapes) {
  for (size_t seed = 0; seed < 300; seed += test::stride(4)) {
    RandomRecords records(static_cast<uint32_t>(seed));
    std::vector<std::string> payloads;
    for (int i = 0; i < 60; ++i) payloads.push_back(records.next());
    expect_same_both_ways(payloads);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

// Records of a few kinds, with structures in them that are there, null, absent or wrong.
class RandomTrees {
 public:
  explicit RandomTrees(uint32_t seed) : random_(seed) {
    for (int i = 0; i < 6; ++i) kinds_.push_back(object(0));
  }

  std::string next() {
    std::string record = kinds_[pick(kinds_.size())];
    for (size_t at = 0; (at = record.find('?', at)) != std::string::npos;)
      record.replace(at, 1,
                     pick(12) == 0 ? values[pick(values.size())] : std::to_string(pick(100)));
    if (pick(30) == 0) record.erase(pick(record.size()), 1 + pick(3));
    if (pick(30) == 0) record.insert(pick(record.size()), 1, " \"{}[]:,\\a1n"[pick(12)]);
    return record;
  }

 private:
  std::string object(int depth) {
    const char* names[] = {"count", "tree", "leaf", "other", "real"};
    std::string text = "{";
    for (const char* name : names) {
      if (pick(4) == 0) continue;
      const std::string_view nested = pick(3) == 0 ? "null" : "{}";
      std::string value = "?";
      if (name[0] == 't' || (name[0] == 'o' && pick(2) == 0))
        value = depth < 3 && pick(4) != 0 ? object(depth + 1) : std::string(nested);
      text += (text.size() > 1 ? "," : "") + ("\"" + std::string(name)) + "\":" + value;
    }
    return text + "}";
  }
  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }

  std::mt19937 random_;
  std::vector<std::string> kinds_;
};

TEST(Shape, RecordsOfSeveralKindsWithStructuresAreReadAsWithoutShapes) {
  const Type inner(TypeId::structure, {{"leaf", TypeId::int64}, {"real", TypeId::float64}});
  const Type outer(TypeId::structure,
                   {{"count", TypeId::int32}, {"tree", inner}, {"leaf", TypeId::string}});
  const Schema schema{{{"count", TypeId::int64}, {"tree", outer}, {"real", TypeId::float64}}};
  for (size_t seed = 0; seed < 300; seed += test::stride(4)) {
    RandomTrees records(static_cast<uint32_t>(seed));
    std::vector<std::string> payloads;
    for (int i = 0; i < 60; ++i) payloads.push_back(records.next());
    expect_same_both_ways(payloads, schema);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

TEST(Shape, EveryValueAmongRightOnesIsReadAsWithoutShapes) {
  for (const auto& field : every_type.fields) {
    for (size_t at = 0; at < values.size(); at += test::stride(3)) {
      const auto& value = values[at];
      std::vector<std::string> payloads;
      for (const auto& usual : values) {
        payloads.push_back("{\"" + field.name + "\":" + usual + "}");
        payloads.push_back("{\"" + field.name + "\":" + value + "}");
      }
      expect_same_both_ways(payloads);
      if (HasFatalFailure()) FAIL() << field.name << " " << value;
    }
  }
}

TEST(Shape, RecordsCutAnywhereAreReadAsWithoutShapes) {
  const std::string whole =
      R"({"text":"a long enough text","time":"2024-01-31T12:30:00Z","count":123,"flag":true})";
  std::vector<std::string> payloads;
  for (size_t size = 0; size <= whole.size(); ++size) {
    payloads.push_back(whole);
    payloads.push_back(whole.substr(0, size));
    payloads.push_back(whole + whole.substr(0, size));
  }
  expect_same_both_ways(payloads);
}

TEST(Shape, TextsOfAnySizeAreReadAsWithoutShapes) {
  std::vector<std::string> payloads;
  for (size_t size = 0; size < 100; ++size)
    payloads.push_back(R"({"text":")" + std::string(size, static_cast<char>('a' + size % 26)) +
                       R"("})");
  expect_same_both_ways(payloads);
}

TEST(Shape, NullPayloadsAmongRecordsOfAShapeAreNull) {
  auto by_shape = decoder(Decoder::Shapes::learned, {{{"count", TypeId::int64}}});
  ColumnBuilder payloads(TypeId::binary);
  for (int i = 0; i < 20; ++i) {
    payloads.append_bytes(R"({"count":1})");
    payloads.append_null();
  }
  const auto rows = by_shape.decode(payloads.finish());
  for (int64_t row = 0; row < 40; ++row)
    EXPECT_EQ(rows.column(0).is_null(row), row % 2 == 1) << row;
}

}  // namespace
}  // namespace millrace::json

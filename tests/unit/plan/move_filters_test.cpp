// Which conditions move in front of a watermark: those that Spark evaluates there.
#include <gmock/gmock.h>

#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* views = R"(
[sources.views]
type = "file"
watermark = { column = "ts", delay = "10 seconds" }
)";

/// Condition by watermark, after the transforms between a source `views` and a sink.
class MoveFilters : public testing::Test {
 protected:
  static std::map<std::string, std::vector<std::string>> moved(const std::string& transforms,
                                                               const std::string& last) {
    Diagnostics diagnostics(SourceFile(
        "test.toml",
        views + transforms + "[sinks.out]\ntype = \"console\"\ninputs = [\"" + last + "\"]\n"));
    const Environment environment = [](std::string_view) { return std::nullopt; };
    const auto config = load_config(environment, diagnostics);
    EXPECT_FALSE(diagnostics.has_errors());
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& [watermark, conditions] : move_filters(*config).by_watermark)
      for (const auto& condition : conditions) found[watermark].push_back(to_sql(condition));
    return found;
  }
};

std::string filter(const std::string& name, const std::string& inputs, const std::string& where) {
  return "[transforms." + name + "]\ntype = \"select\"\ninputs = [" + inputs + "]\nwhere = \"" +
         where + "\"\n";
}

TEST_F(MoveFilters, MovesEachPartThatDoesNotUseTheEventTime) {
  const auto where = "value > 0 AND ts > timestamp '2024-01-01' AND key = 'a'";
  EXPECT_THAT(moved(filter("some", "\"views\"", where), "some"),
              ElementsAre(Pair("views", ElementsAre("value > 0", "key = 'a'"))));
}

TEST_F(MoveFilters, MovesThroughAUnionToEachOfItsWatermarks) {
  const std::string clicks =
      "[sources.clicks]\ntype = \"file\"\nwatermark = { column = \"ts\", delay = \"1 second\" }\n";
  EXPECT_THAT(moved(clicks + filter("some", "\"views\", \"clicks\"", "value > 0"), "some"),
              ElementsAre(Pair("clicks", ElementsAre("value > 0")),
                          Pair("views", ElementsAre("value > 0"))));
}

TEST_F(MoveFilters, MovesPastAddWindowWhatDoesNotUseTheWindow) {
  const std::string windows =
      "[transforms.windows]\ntype = \"add_window\"\ninputs = [\"views\"]\nsize = \"1 minute\"\n";
  const auto where = R"(value > 0 AND \"window\".start > timestamp '2024-01-01')";
  EXPECT_THAT(moved(windows + filter("some", "\"windows\"", where), "some"),
              ElementsAre(Pair("views", ElementsAre("value > 0"))));
}

TEST_F(MoveFilters, MovesPastASelectWhatItsColumnsAreMadeOf) {
  const std::string renamed = R"toml(
[transforms.renamed]
type = "select"
inputs = ["views"]
columns = { name = "upper(key)", at = "ts", day = "CAST(ts AS date)", v = "value" }
)toml";
  const auto where = "name = 'A' AND at IS NOT NULL AND day IS NOT NULL AND v + 1 > 0 AND v < v";
  EXPECT_THAT(moved(renamed + filter("some", "\"renamed\"", where), "some"),
              ElementsAre(Pair("views", ElementsAre("(upper(key)) = 'A'", "(value) + 1 > 0",
                                                    "(value) < (value)"))));
}

TEST_F(MoveFilters, MovesPastAnAggregationWhatUsesItsKeys) {
  const std::string counts =
      "[transforms.counts]\ntype = \"tumbling_window\"\ninputs = [\"views\"]\nsize = \"1 "
      "minute\"\ngroup_by = [\"key\", \"value % 2 AS parity\"]\naggregates = { n = \"count(*)\" "
      "}\n";
  EXPECT_THAT(
      moved(counts + filter("some", "\"counts\"", "key = 'a' AND n > 1 AND parity = 0"), "some"),
      ElementsAre(Pair("views", ElementsAre("(key) = 'a'", "(value % 2) = 0"))));
  const std::string again =
      "[transforms.again]\ntype = \"tumbling_window\"\ninputs = [\"counts\"]\nsize = \"1 "
      "hour\"\ngroup_by = [\"key\", \"n\"]\naggregates = { m = \"count(*)\" }\n";
  EXPECT_THAT(moved(counts + again + filter("some", "\"again\"", "key = 'a' AND n = 1"), "some"),
              ElementsAre(Pair("views", ElementsAre("((key)) = 'a'"))));
}

TEST_F(MoveFilters, MovesNothingPastADeduplicationOrARowThatAnotherReads) {
  const std::string once =
      "[transforms.once]\ntype = \"deduplicate\"\ninputs = [\"views\"]\ncolumns = [\"key\"]\n";
  EXPECT_THAT(moved(once + filter("some", "\"once\"", "key = 'a'"), "some"), IsEmpty());
  const std::string two = filter("some", "\"views\"", "key = 'a'") +
                          "[sinks.all]\ntype = \"console\"\ninputs = [\"views\"]\n";
  EXPECT_THAT(moved(two, "some"), IsEmpty());
}

/// Conditions behind aggregations that rows have to pass in front of them, by component.
class MoveFiltersPastAggregations : public testing::Test {
 protected:
  static std::map<std::string, std::vector<std::string>> moved(const std::string& file) {
    Diagnostics diagnostics(SourceFile("test.toml", file));
    const Environment environment = [](std::string_view) { return std::nullopt; };
    const auto config = load_config(environment, diagnostics);
    EXPECT_FALSE(diagnostics.has_errors());
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& [component, conditions] : move_filters(*config).by_output)
      for (const auto& condition : conditions) found[component].push_back(to_sql(condition));
    return found;
  }
  static std::string counts_of(const std::string& source, const std::string& where) {
    return "[sources.views]\ntype = \"file\"\n" + source +
           "[transforms.counts]\ntype = \"aggregate\"\ninputs = [\"views\"]\ngroup_by = [\"ts\", "
           "\"key\"]\naggregates = { n = \"count(*)\" }\n" +
           filter("some", "\"counts\"", where) +
           "[sinks.out]\ntype = \"console\"\ninputs = [\"some\"]\n";
  }
  const std::string watermark = "watermark = { column = \"ts\", delay = \"10 seconds\" }\n";
};

TEST_F(MoveFiltersPastAggregations, WhatUsesTheEventTimeStopsRightBehindTheWatermark) {
  EXPECT_THAT(moved(counts_of(watermark, "TS IS NOT NULL AND key = 'a' AND n > 1")),
              IsEmpty());  // TS is not the key `ts` as it is written there: it stays behind.
  EXPECT_THAT(moved(counts_of(watermark, "ts IS NOT NULL AND key = 'a' AND n > 1")),
              ElementsAre(Pair("views", ElementsAre("(ts) IS NOT NULL"))));
}

TEST_F(MoveFiltersPastAggregations, WithoutAWatermarkKeysAreFilteredAtTheSource) {
  EXPECT_THAT(moved(counts_of("", "key = 'a' AND n > 1")),
              ElementsAre(Pair("views", ElementsAre("(key) = 'a'"))));
}

}  // namespace
}  // namespace millrace

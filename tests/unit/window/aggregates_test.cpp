#include <cmath>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/window/aggregate_job.hpp"

namespace millrace::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(Aggregates, CountSkipsNulls) {
  EXPECT_EQ(of("count", TypeId::string, {{"a", null, "b"}, {null, "c"}}), "3");
  EXPECT_EQ(of("count", TypeId::null, {{null}}), "0");
  EXPECT_EQ(of_two("count", {"x", "y"}, {{{"x", TypeId::int64}, {"y", TypeId::int64}}},
                   {{{1, 1}, {null, 1}, {1, null}, {2, 2}}}),
            "2");
}

TEST_F(Aggregates, SumOfIntegersIsALongAndOfNothingNull) {
  EXPECT_EQ(of("sum", TypeId::int32, {{2147483647, null}, {2147483647}}), "4294967294");
  EXPECT_EQ(of("sum", TypeId::int64, {{null, null}}), "null");
  EXPECT_EQ(of("sum", TypeId::float64, {{1.5, null, 2.25}, {-4.0}}), "-0.25");
  EXPECT_EQ(of("sum", TypeId::float64, {{1.0, std::nan("")}}), "nan");
}

TEST_F(Aggregates, SumThatDoesNotFitIsAnErrorOrWrapsAround) {
  const auto overflowing = [&] { return of("sum", TypeId::int64, {{most}, {1}}); };
  try {
    overflowing();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), HasSubstr("aggregate `result`"));
    EXPECT_THAT(error.what(), HasSubstr("does not fit a long"));
  }
  EXPECT_THROW(of("sum", TypeId::int64, {{most, 1, 0, 0}}), Error);
  ansi = false;
  EXPECT_EQ(overflowing(), std::to_string(std::numeric_limits<int64_t>::min()));
}

TEST_F(Aggregates, ATriedSumThatDoesNotFitIsNull) {
  EXPECT_EQ(of("try_sum", TypeId::int64, {{most}, {1}}), "null");
  EXPECT_EQ(of("try_sum", TypeId::int64, {{most, 1}, {-1, -1}}), "null");
  EXPECT_EQ(of("try_sum", TypeId::int64, {{1, null}, {2}}), "3");
  EXPECT_EQ(of("try_sum", TypeId::int64, {{null}}), "null");
  EXPECT_EQ(of("try_avg", TypeId::int64, {{1, 2}}), "1.5");
}

TEST_F(Aggregates, TheModeIsTheValueOfMostRowsTheLeastOfSeveral) {
  EXPECT_EQ(of("mode", TypeId::int64, {{3, 1, null}, {3, 1, 2}}), "1");
  EXPECT_EQ(of("mode", TypeId::string, {{"b", "a"}, {"b", null}}), "b");
  EXPECT_EQ(of("mode", TypeId::float64, {{null}}), "null");
}

TEST_F(Aggregates, ListedTextsAreJoinedInOrderOfArrivalOrAnother) {
  const Schema two{{{"x", TypeId::string}, {"d", TypeId::string}}};
  EXPECT_EQ(of("listagg", TypeId::string, {{"b", null}, {"a", "b"}}), "bab");
  EXPECT_EQ(of("string_agg", TypeId::string, {{null}}), "null");
  EXPECT_EQ(of_two("listagg", {"x", "d"}, two, {{{"b", "-"}, {"a", "-"}}, {{"c", "-"}}}), "b-a-c");
  const Schema ordered{{{"x", TypeId::string},
                        {"d", TypeId::string},
                        {"o", TypeId::int64},
                        {"falls", TypeId::boolean}}};
  const auto by_order = [&](bool falls) {
    return of_two("listagg", {"x", "d", "o", "falls"}, ordered,
                  {{{"b", ",", 2, falls}, {"a", ",", null, falls}},
                   {{"c", ",", 1, falls}, {null, ",", 0, falls}}});
  };
  EXPECT_EQ(by_order(false), "a,c,b");
  EXPECT_EQ(by_order(true), "b,c,a");
}

TEST_F(Aggregates, AverageIsKeptAsSumAndCount) {
  EXPECT_EQ(of("avg", TypeId::int64, {{1, 2, null}, {6}}), "3");
  EXPECT_EQ(of("mean", TypeId::int32, {{1, 2}}), "1.5");
  EXPECT_EQ(of("avg", TypeId::float64, {{null}}), "null");
}

TEST_F(Aggregates, DecimalsAreSummedExactlyWithTenMoreDigits) {
  EXPECT_EQ(of("sum", decimal_of(4, 2), {{"99.99", null, "0.02"}, {"-0.01"}}), "100.00");
  EXPECT_EQ(of("sum", decimal_of(38, 0), {{null}, {null}}), "null");
  EXPECT_EQ(of("avg", decimal_of(4, 2), {{"1.00", null, "1.00"}, {"0.00"}}), "0.666667");
  EXPECT_EQ(of("avg", decimal_of(4, 2), {{"-1.00", "0.00", "0.00"}}), "-0.333333");
  EXPECT_EQ(of("avg", decimal_of(4, 2), {{null}}), "null");
}

TEST_F(Aggregates, DecimalsThatDoNotFitAreAnErrorOrNull) {
  const std::string nines(38, '9');
  const auto of_large = [&](const std::string& function, std::vector<Cell> values) {
    return of(function, decimal_of(38, 0), {std::move(values), {null}});
  };
  EXPECT_EQ(of_large("sum", {nines, "1", "-1"}), nines);
  for (const std::vector<Cell>& values : {std::vector<Cell>{nines, "1"}, {nines, nines}}) {
    ansi = true;
    try {
      of_large("sum", values);
      FAIL();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("the sum does not fit decimal(38,0)"));
      EXPECT_THAT(error.what(), HasSubstr("or set ansi = false to make it null"));
    }
    ansi = false;
    EXPECT_EQ(of_large("sum", values), "null");
    EXPECT_EQ(of_large("avg", values), "null");
  }
  ansi = true;
  EXPECT_THROW(of_large("avg", {nines}), Error);  // With four more digits behind the point.
}

TEST_F(Aggregates, DecimalsWorkWhereOtherNumbersDo) {
  const Type price = decimal_of(30, 2);
  const std::vector<std::vector<Cell>> prices{{"2.50", null, "-10000000000000000000.25"},
                                              {"10.00", "2.50"}};
  EXPECT_EQ(of("min", price, prices), "-10000000000000000000.25");
  EXPECT_EQ(of("max", price, prices), "10.00");
  EXPECT_EQ(of("first", price, prices), "2.50");
  EXPECT_EQ(of("last", price, prices), "2.50");
  EXPECT_EQ(of("count", price, prices), "4");
  EXPECT_EQ(of("collect_list", price, prices), "[2.50 -10000000000000000000.25 10.00 2.50]");
  EXPECT_EQ(of("collect_set", price, prices), "[-10000000000000000000.25 2.50 10.00]");
  EXPECT_EQ(of("approx_count_distinct", price, prices), "3");
  EXPECT_EQ(of("stddev_pop", decimal_of(4, 1), {{"1.5", "2.5"}}), "0.5");
  EXPECT_EQ(of("median", decimal_of(4, 1), {{"1.5", "2.5"}}), "2");
  EXPECT_EQ(of_two("max_by", {"x", "y"}, {{{"x", price}, {"y", decimal_of(4, 1)}}},
                   {{{"1.00", "-2.5"}, {"2.00", "9.5"}, {"3.00", null}}, {{"4.00", "9.4"}}}),
            "2.00");
  EXPECT_EQ(of_two("percentile_approx", {"x", "y"}, {{{"x", price}, {"y", decimal_of(2, 1)}}},
                   {{{"1.00", "0.5"}, {"2.00", "0.5"}, {"3.00", "0.5"}}}),
            "2.00");
}

TEST_F(Aggregates, MinAndMaxWorkOnEveryPlainType) {
  EXPECT_EQ(of("min", TypeId::int64, {{5, null, -7}, {10}}), "-7");
  EXPECT_EQ(of("max", TypeId::int32, {{5, null, -7}, {10}}), "10");
  EXPECT_EQ(of("max", TypeId::timestamp, {{At{5}, At{2}}, {null}}), "5s");
  EXPECT_EQ(of("min", TypeId::boolean, {{true, true}, {false}}), "false");
  EXPECT_EQ(of("max", TypeId::float32, {{1.5, -2.5}}), "1.5");
  EXPECT_EQ(of("min", TypeId::string, {{"pear", null}, {"Apple"}}), "Apple");
  EXPECT_EQ(of("max", TypeId::string, {{"z", "\xc3\xa9"}, {"a"}}), "\xc3\xa9");
  EXPECT_EQ(of("max", TypeId::string, {{null}}), "null");
}

TEST_F(Aggregates, ListsGoByTheirFirstItemThatDiffers) {
  const Type list = list_of(TypeId::int64);
  const std::vector<std::vector<Cell>> epochs{{Items{{2}}, Items{{1, 9}}, null}, {Items{{1}}}};
  EXPECT_EQ(of("min", list, epochs), "[1]");
  EXPECT_EQ(of("max", list, epochs), "[2]");
  EXPECT_EQ(of("first", list, epochs), "[2]");
  EXPECT_EQ(of("last", list, epochs), "[1]");
  EXPECT_EQ(of("max", list, {{null}}), "null");
  EXPECT_EQ(of("mode", list, {{Items{{3}}, Items{{1}}}, {Items{{1}}}}), "[1]");
  EXPECT_EQ(of("collect_list", list, epochs), "[[2] [1 9] [1]]");
  EXPECT_EQ(of("collect_set", list, {{Items{{2}}, Items{{}}}, {Items{{2}}, Items{{1}}}}),
            "[[] [1] [2]]");
  EXPECT_EQ(of("approx_count_distinct", list, {{Items{{2}}, Items{{}}}, {Items{{2}}}}), "2");
  EXPECT_EQ(of_two("max_by", {"x", "y"}, {{{"x", list}, {"y", list}}},
                   {{{Items{{1}}, Items{{5}}}, {Items{{2}}, Items{{6}}}}, {{null, Items{{5, 9}}}}}),
            "[2]");
}

TEST_F(Aggregates, NotANumberIsTheLargestNumber) {
  const double nan = std::nan("");
  EXPECT_EQ(of("max", TypeId::float64, {{1.0, nan}, {2.0}}), "nan");
  EXPECT_EQ(of("min", TypeId::float64, {{nan, 1.0}, {nan}}), "1");
  EXPECT_EQ(of("min", TypeId::float64, {{nan}}), "nan");
  EXPECT_EQ(of("min", TypeId::float64, {{INFINITY, -INFINITY}}), "-inf");
}

TEST_F(Aggregates, FirstAndLastGoByArrivalAndCountNulls) {
  EXPECT_EQ(of("first", TypeId::int64, {{null, 2}, {3}}), "null");
  EXPECT_EQ(of("first", TypeId::string, {{"one", "two"}, {"three"}}), "one");
  EXPECT_EQ(of("last", TypeId::string, {{"one", "two"}, {"three", "four"}}), "four");
  EXPECT_EQ(of("last_value", TypeId::int64, {{1}, {null}}), "null");
}

TEST_F(Aggregates, FirstAndLastMayIgnoreNulls) {
  const Schema schema{{{"x", TypeId::int64}, {"ignore", TypeId::boolean}}};
  EXPECT_EQ(of_two("first", {"x", "ignore"}, schema, {{{null, true}, {2, true}}, {{3, true}}}),
            "2");
  EXPECT_EQ(of_two("last", {"x", "ignore"}, schema, {{{1, true}, {2, true}}, {{null, true}}}), "2");
  EXPECT_EQ(of_two("last", {"x", "ignore"}, schema, {{{1, false}, {null, false}}}), "null");
}

TEST_F(Aggregates, MinByAndMaxByFollowTheOrderingAndMayBeNull) {
  const Schema schema{{{"x", TypeId::int64}, {"order", TypeId::timestamp}}};
  const std::vector<std::vector<Cells>> epochs{{{5, At{1}}, {null, At{3}}, {9, At{2}}},
                                               {{77, null}, {1, At{0}}}};
  EXPECT_EQ(of_two("max_by", {"x", "order"}, schema, epochs), "null");
  EXPECT_EQ(of_two("min_by", {"x", "order"}, schema, epochs), "1");
  EXPECT_EQ(of_two("max_by", {"x", "order"}, schema, {{{2, null}}}), "null");
  const Schema by_text{{{"x", TypeId::string}, {"order", TypeId::string}}};
  EXPECT_EQ(of_two("max_by", {"x", "order"}, by_text, {{{"low", "a"}, {"high", "b"}}}), "high");
}

TEST_F(Aggregates, MinByAndMaxByOfSeveralRowsPutTheBestFirst) {
  const Schema schema{{{"x", TypeId::int64}, {"order", TypeId::int64}, {"n", TypeId::int32}}};
  const std::vector<std::vector<Cells>> epochs{{{1, 10, 3}, {2, 40, 3}, {null, 30, 3}, {4, 5, 3}},
                                               {{5, null, 3}, {6, 40, 3}, {7, 1, 3}}};
  EXPECT_EQ(of_two("max_by", {"x", "order", "n"}, schema, epochs), "[6 2 null]");
  EXPECT_EQ(of_two("min_by", {"x", "order", "n"}, schema, epochs), "[7 4 1]");
  EXPECT_EQ(of_two("max_by", {"x", "order", "n"}, schema, {{{1, 10, 3}}, {{2, 20, 3}}}), "[2 1]");
  EXPECT_EQ(of_two("max_by", {"x", "order", "n"}, schema, {{{1, null, 3}}}), "[]");
  EXPECT_THROW(of_two("max_by", {"x", "order", "n"}, schema, {{{1, 10, 0}}}), Error);
}

TEST_F(Aggregates, ListsKeepArrivalAndSetsAreSorted) {
  EXPECT_EQ(of("collect_list", TypeId::string, {{"b", null, "a"}, {"b"}}), "[b a b]");
  EXPECT_EQ(of("collect_list", TypeId::float32, {{1.5}, {-0.5}}), "[1.5 -0.5]");
  EXPECT_EQ(of("collect_list", TypeId::int64, {{null}}), "[]");
  EXPECT_EQ(of("collect_set", TypeId::int64, {{10, 9, null}, {-1, 10}}), "[-1 9 10]");
  EXPECT_EQ(of("collect_set", TypeId::float64, {{2.0, -3.0}, {2.0}}), "[-3 2]");
  EXPECT_EQ(of("collect_set", TypeId::boolean, {{true, false, true}}), "[false true]");
}

TEST_F(Aggregates, ConditionsAreCountedAndJoined) {
  const std::vector<std::vector<Cell>> epochs{{true, null, false}, {true}};
  EXPECT_EQ(of("count_if", TypeId::boolean, epochs), "2");
  EXPECT_EQ(of("count_if", TypeId::boolean, {{null}}), "0");
  EXPECT_EQ(of("bool_and", TypeId::boolean, epochs), "false");
  EXPECT_EQ(of("bool_or", TypeId::boolean, epochs), "true");
  EXPECT_EQ(of("every", TypeId::boolean, {{true, null}}), "true");
  EXPECT_EQ(of("bool_or", TypeId::boolean, {{null}}), "null");
}

TEST_F(Aggregates, BitsAreThoseOfAllValues) {
  const std::vector<std::vector<Cell>> epochs{{3, null}, {5}};
  EXPECT_EQ(of("bit_and", TypeId::int32, epochs), "1");
  EXPECT_EQ(of("bit_or", TypeId::int64, epochs), "7");
  EXPECT_EQ(of("bit_xor", TypeId::int64, epochs), "6");
  EXPECT_EQ(of("bit_and", TypeId::int64, {{null}}), "null");
}

TEST_F(Aggregates, DistinctValuesAreCountedAboutRight) {
  EXPECT_EQ(of("approx_count_distinct", TypeId::int64, {{1, 1, null}, {2, 2, 3}}), "3");
  EXPECT_EQ(of("approx_count_distinct", TypeId::string, {{"a", "b"}, {"a"}}), "2");
  EXPECT_EQ(of("approx_count_distinct", TypeId::float64, {{0.0, -0.0, std::nan("")}}), "2");
  EXPECT_EQ(of("approx_count_distinct", TypeId::boolean, {{null}}), "0");
  for (const int64_t count : {300, 1000, 1800, 20'000}) {
    std::vector<std::vector<Cell>> epochs(2);
    for (int64_t i = 0; i < count; ++i) {
      epochs[0].emplace_back(i);
      epochs[1].emplace_back(count - i - 1);
    }
    const auto counted = std::stod(of("approx_count_distinct", TypeId::int64, epochs));
    EXPECT_NEAR(counted / static_cast<double>(count), 1, 0.15) << count;
  }
}

TEST_F(Aggregates, AFilterLetsThroughOnlyWhatIsTrue) {
  FakeHost host(events());
  auto big = host.count("big");
  big.filter = host.condition([](const Row& row) { return !row.is_null(2) && row.integer(2) > 4; });
  auto total = host.aggregate("total", "sum", {"value"});
  total.filter = big.filter;
  auto of_null = host.count("of_null");
  of_null.filter = host.computed("unknown", TypeId::boolean, [](const Batch& batch) {
    ColumnBuilder builder(TypeId::boolean);
    for (int64_t row = 0; row < batch.size(); ++row) builder.append_null();
    return builder.finish();
  });
  const auto settings =
      grouped<window::GroupingSettings>(host, {"key"}, {big, total, host.count(), of_null});
  window::GroupedAggregation transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, update_mode);
  EXPECT_THAT(run.epoch({{"a", At{1}, 5}, {"a", At{2}, null}, {"b", At{3}, 1}}).on(Port::changed),
              ElementsAre("a 1 5 2 0", "b 0 null 1 0"));
  EXPECT_THAT(run.epoch({{"a", At{4}, 50}}).on(Port::changed), ElementsAre("a 2 55 3 0"));
}

TEST_F(Aggregates, ManyOfThemShareAGroup) {
  FakeHost host(events());
  const auto settings = grouped<window::GroupingSettings>(
      host, {"key"},
      {host.aggregate("list", "collect_list", {"value"}), host.aggregate("low", "min", {"key"}),
       host.aggregate("last", "last", {"key"}), host.aggregate("mean", "avg", {"value"}),
       host.aggregate("by", "max_by", {"value", "ts"}), host.count()});
  window::GroupedAggregation transform(settings, host.context(), without_watermark(host));
  Harness run(host, transform, update_mode);
  run.epoch({{"a", At{1}, 5}, {"b", At{2}, 7}, {"a", At{0}, 6}});
  run.restart();
  EXPECT_THAT(run.epoch({{"b", At{9}, 9}, {"a", At{0}, 1}}).on(Port::changed),
              ElementsAre("b [7 9] b b 8 9 2", "a [5 6 1] a a 4 5 3"));
}

// ---------------------------------------------------------------- refusals

std::string refusal(const Aggregate& aggregate, FakeHost& host) {
  try {
    const auto settings = grouped<window::GroupingSettings>(host, {"key"}, {aggregate});
    window::GroupedAggregation transform(settings, host.context(), without_watermark(host));
    return "none";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::user);
    EXPECT_EQ(error.option, "aggregates.x");
    return error.what();
  }
}

TEST_F(Aggregates, WhatCannotBeComputedIsRefusedWithAWayOut) {
  FakeHost host(events());
  EXPECT_THAT(refusal(host.aggregate("x", "cuont", {"value"}), host),
              HasSubstr("did you mean `count`?"));
  EXPECT_THAT(refusal(host.aggregate("x", "histogram_numeric", {"value"}), host),
              HasSubstr("there are count sum"));
  EXPECT_THAT(refusal(host.aggregate("x", "sum", {"key"}), host),
              HasSubstr("sum adds numbers; this is a string"));
  EXPECT_THAT(refusal(host.aggregate("x", "avg", {"ts"}), host), HasSubstr("this is a timestamp"));
  EXPECT_THAT(refusal(host.aggregate("x", "max_by", {"value"}), host),
              HasSubstr("max_by takes 2 or 3 arguments, not 1"));
  EXPECT_THAT(refusal(host.aggregate("x", "min", {"value", "ts"}), host),
              HasSubstr("min takes 1 argument, not 2"));
  EXPECT_THAT(refusal(host.aggregate("x", "count", {}), host), HasSubstr("count(*)"));
  EXPECT_THAT(refusal(host.aggregate("x", "first", {"value", "ts"}), host),
              HasSubstr("TRUE or FALSE"));
  EXPECT_THAT(refusal(host.aggregate("x", "bool_and", {"value"}), host),
              HasSubstr("bool_and takes a condition; this is a long"));
  EXPECT_THAT(refusal(host.aggregate("x", "bit_or", {"key"}), host),
              HasSubstr("bit_or takes whole numbers; this is a string"));
  EXPECT_THAT(refusal(host.aggregate("x", "corr", {"value", "key"}), host),
              HasSubstr("corr takes two numbers; this is a string"));
  EXPECT_THAT(refusal(host.aggregate("x", "kurtosis", {"key"}), host),
              HasSubstr("kurtosis takes a number"));
  EXPECT_THAT(refusal(host.aggregate("x", "percentile", {"value"}), host),
              HasSubstr("percentile takes 2 arguments, not 1"));
  EXPECT_THAT(refusal(host.aggregate("x", "median", {"key"}), host),
              HasSubstr("median takes numbers"));
  auto star = host.count("x");
  star.function = "sum";
  EXPECT_THAT(refusal(star, host), HasSubstr("only count takes a star"));
  auto distinct = host.aggregate("x", "count", {"value"});
  distinct.distinct = true;
  EXPECT_THAT(refusal(distinct, host), HasSubstr("collect_set"));
  auto filtered = host.count("x");
  filtered.filter = host.column("value");
  EXPECT_THAT(refusal(filtered, host), HasSubstr("must be a condition"));
}

TEST(AggregateNames, StandInTheDocumentation) {
  std::ifstream file(std::string(MILLRACE_TEST_FOLDER) + "/../../../docs/aggregates.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  for (const auto name : window::aggregate_names())
    EXPECT_TRUE(page.find("`" + std::string(name)) != std::string::npos) << name;
}

}  // namespace
}  // namespace millrace::testing

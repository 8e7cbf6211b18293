#include "core/plan/join_condition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t second = 1'000'000;

std::array<JoinSide, 2> sides() {
  const auto views = std::make_shared<const Schema>(Schema{{{"ad", TypeId::string},
                                                            {"at", TypeId::timestamp},
                                                            {"price", TypeId::int64},
                                                            {"person", TypeId::int32}}});
  const auto clicks = std::make_shared<const Schema>(Schema{{{"clicked", TypeId::string},
                                                             {"time", TypeId::timestamp},
                                                             {"bid", TypeId::int64},
                                                             {"person", TypeId::int64}}});
  return {JoinSide{views, "views"}, JoinSide{clicks, "clicks"}};
}

JoinParts parts_of(const std::string& text) { return take_apart(text, sides(), {}); }

ExpressionError error_of(const std::string& text) {
  try {
    parts_of(text);
  } catch (const ExpressionError& error) {
    return error;
  }
  ADD_FAILURE() << "accepted: " << text;
  return {ExpressionError::Kind::syntax, "", 0, 0};
}

TEST(JoinCondition, IsTakenApartAtItsAnds) {
  const auto parts =
      parts_of("ad = clicked AND price > 3 AND bid % 2 = 0 AND price < bid AND time >= at");
  ASSERT_EQ(parts.keys.size(), 1U);
  EXPECT_EQ(to_sql(parts.keys[0].side[0]), "ad");
  EXPECT_EQ(to_sql(parts.keys[0].side[1]), "clicked");
  ASSERT_EQ(parts.own[0].size(), 1U);
  EXPECT_EQ(to_sql(parts.own[0][0]), "price > 3");
  ASSERT_EQ(parts.own[1].size(), 1U);
  EXPECT_EQ(to_sql(parts.own[1][0]), "bid % 2 = 0");
  EXPECT_EQ(parts.both.size(), 2U);
  // price and at of the left input, time and bid of the right one, counted through.
  EXPECT_THAT(parts.both_columns, ElementsAre(1, 2, 5, 6));
}

TEST(JoinCondition, TakesAKeyInEitherOrderAndKnowsNullSafeOnes) {
  const auto parts = parts_of("clicked = ad AND price <=> bid");
  ASSERT_EQ(parts.keys.size(), 2U);
  EXPECT_EQ(to_sql(parts.keys[0].side[0]), "ad");
  EXPECT_FALSE(parts.keys[0].null_safe);
  EXPECT_TRUE(parts.keys[1].null_safe);
}

TEST(JoinCondition, CastsKeysToTheirCommonType) {
  const auto parts = parts_of("left.person = right.person");
  EXPECT_EQ(bind(parts.keys[0].side[0], *sides()[0].schema, {})->type(), Type(TypeId::int64));
  EXPECT_EQ(bind(parts.keys[0].side[1], *sides()[1].schema, {})->type(), Type(TypeId::int64));
}

TEST(JoinCondition, QualifiesColumnsByTheSideOrByTheComponent) {
  for (const auto* text : {"left.person = right.person", "views.person = clicks.person",
                           "LEFT.person = clicks.person", "\"left\".person = \"right\".person"}) {
    const auto parts = parts_of(text);
    ASSERT_EQ(parts.keys.size(), 1U) << text;
    EXPECT_THAT(parts.columns[0], ElementsAre(3)) << text;
    EXPECT_THAT(parts.columns[1], ElementsAre(3)) << text;
  }
}

TEST(JoinCondition, LeavesTheFunctionsLeftAndRightAlone) {
  const auto parts = parts_of("ad = clicked AND left(ad, 1) = 'a'");
  EXPECT_EQ(parts.own[0].size(), 1U);
}

TEST(JoinCondition, RefusesANameThatBothInputsHave) {
  const auto error = error_of("ad = clicked AND person > 3");
  EXPECT_THAT(error.message, HasSubstr("both inputs have a column `person`"));
  EXPECT_THAT(error.help, HasSubstr("`left.person` for that of `views`"));
  EXPECT_EQ(error.begin, 17U);
  EXPECT_EQ(error.end, 23U);
}

TEST(JoinCondition, RefusesANameThatNeitherInputHas) {
  EXPECT_THAT(error_of("add = clicked").help, HasSubstr("did you mean `ad`?"));
  const auto error = error_of("left.bid = clicked");
  EXPECT_THAT(error.message, HasSubstr("unknown column `bid` in `views`, the left input"));
}

TEST(JoinCondition, RefusesKeysOfTypesThatDoNotGoTogether) {
  EXPECT_THAT(error_of("at = bid").message,
              HasSubstr("a timestamp cannot be compared with a long"));
}

TEST(JoinCondition, RefusesAConditionThatIsNone) {
  EXPECT_THAT(error_of("ad = clicked AND price + bid").message,
              HasSubstr("a condition must be boolean"));
}

struct Bound {
  const char* text;
  int32_t input;
  int64_t offset_us;
  int32_t strict;
};

class TimeBounds : public testing::TestWithParam<Bound> {};

TEST_P(TimeBounds, AreReadInEverySpelling) {
  const auto& expected = GetParam();
  const auto parts = parts_of(std::string("ad = clicked AND ") + expected.text);
  ASSERT_EQ(parts.bounds.size(), 1U) << expected.text;
  const auto& bound = parts.bounds[0];
  EXPECT_EQ(bound.input, expected.input) << expected.text;
  EXPECT_EQ(bound.column, 1);
  EXPECT_EQ(bound.other_column, 1);
  EXPECT_EQ(bound.offset_us, expected.offset_us) << expected.text;
  EXPECT_EQ(bound.strict, expected.strict) << expected.text;
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, TimeBounds,
    testing::Values(Bound{"time >= at", 1, 0, 0}, Bound{"at <= time", 1, 0, 0},
                    Bound{"time > at", 1, 0, 1},
                    Bound{"at >= time - interval '10 seconds'", 0, -10 * second, 0},
                    Bound{"time <= at + interval '10 seconds'", 0, -10 * second, 0},
                    Bound{"time - interval '10 seconds' <= at", 0, -10 * second, 0},
                    Bound{"interval '10 seconds' + at >= time", 0, -10 * second, 0},
                    Bound{"time - at <= interval '10 seconds'", 0, -10 * second, 0},
                    Bound{"at - time >= - interval '10 seconds'", 0, -10 * second, 0},
                    Bound{"time < at + interval '1 minute'", 0, -60 * second, 1},
                    Bound{"time >= at + interval '5 seconds'", 1, 5 * second, 0}));

TEST(JoinCondition, ReadsBothBoundsOfABetween) {
  const auto parts = parts_of("ad = clicked AND time BETWEEN at AND at + interval '1 hour'");
  ASSERT_EQ(parts.bounds.size(), 2U);
  EXPECT_EQ(parts.bounds[0].input, 1);
  EXPECT_EQ(parts.bounds[1].input, 0);
}

TEST(JoinCondition, HasNoBoundWhereTimesAreNotCompared) {
  EXPECT_THAT(parts_of("ad = clicked AND price > bid").bounds, IsEmpty());
  EXPECT_THAT(parts_of("ad = clicked AND time > at + interval '1 month'").bounds, IsEmpty());
  EXPECT_THAT(parts_of("ad = clicked AND (time > at OR price > bid)").bounds, IsEmpty());
  EXPECT_THAT(parts_of("ad = clicked AND at > timestamp '2024-01-01 00:00:00'").bounds, IsEmpty());
}

TEST(JoinCondition, KnowsTheColumnsThatMayNotBeNull) {
  const auto parts = parts_of(
      "ad = clicked AND price + 1 < bid AND coalesce(views.person, 1) = 2 AND (time > at OR bid > "
      "1)");
  EXPECT_THAT(parts.never_null[0], ElementsAre(0, 2));
  EXPECT_THAT(parts.never_null[1], ElementsAre(0, 2));
  EXPECT_THAT(parts_of("price <=> bid").never_null[0], IsEmpty());
}

}  // namespace
}  // namespace millrace

#include "core/expression/reserved_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/expression/expression_error.hpp"
#include "core/expression/parse.hpp"
#include "tests/unit/expression/evaluate.hpp"

namespace millrace {
namespace {

using ::testing::ElementsAre;

std::string value_of(const std::string& expression) {
  test::Table table;
  table.set_columns("user string, offset long, end long, from long, order long, group string");
  table.add_row("'ann', 5, 7, 1, 2, 'g'");
  return test::evaluate(expression, table.batch()).values.at(0);
}

TEST(ReservedNames, AreColumnsWhereAnOperandIsWanted) {
  EXPECT_EQ(value_of("user"), "'ann'");
  EXPECT_EQ(value_of("offset"), "5");
  EXPECT_EQ(value_of("offset + 1"), "6");
  EXPECT_EQ(value_of("1 + offset * end"), "36");
  EXPECT_EQ(value_of("abs(-offset)"), "5");
  EXPECT_EQ(value_of("user = 'ann' AND group = 'g'"), "true");
  EXPECT_EQ(value_of("NOT end > offset"), "false");
  EXPECT_EQ(value_of("coalesce(NULL, group, user)"), "'g'");
  EXPECT_EQ(value_of("offset BETWEEN from AND end"), "true");
  EXPECT_EQ(value_of("CASE WHEN order = 2 THEN end ELSE offset END"), "7");
  EXPECT_EQ(value_of("CASE order WHEN 3 THEN offset ELSE end END"), "7");
  EXPECT_EQ(value_of("cast(offset AS string)"), "'5'");
  EXPECT_EQ(value_of("(from)"), "1");
  EXPECT_EQ(value_of("from IS NULL"), "false");
}

TEST(ReservedNames, AreFoundBehindComments) {
  EXPECT_EQ(value_of("end +-- it's\r\n offset"), "12");
  EXPECT_EQ(value_of("end -- it's\r + offset"), "12");
  EXPECT_EQ(value_of("end +/* it's */ offset"), "12");
}

TEST(ReservedNames, StayWhatTheyAreInTheGrammar) {
  EXPECT_EQ(value_of("extract(year FROM timestamp '2024-01-31 00:00:00')"), "2024");
  EXPECT_EQ(value_of("user IS NOT DISTINCT FROM 'ann'"), "true");
  EXPECT_EQ(value_of("user NOT LIKE 'b%'"), "true");
  EXPECT_EQ(value_of("trim(BOTH 'a' FROM user)"), "'nn'");
  EXPECT_EQ(value_of("trim(FROM user)"), "'ann'");
  EXPECT_EQ(value_of("left(user, 1)"), "'a'");
  EXPECT_EQ(value_of("right(user, 1)"), "'n'");
}

TEST(ReservedNames, KeepTheirSpellingAndTheirPlace) {
  EXPECT_EQ(column_name(parse("Offset")), "Offset");
  EXPECT_THAT(column_names(parse("max(end) + \"_nd\" + _nd + Order.by")),
              ElementsAre("Order", "_nd", "end"));
}

TEST(ReservedNames, AMistakeBehindThemHasItsOwnPlace) {
  try {
    parse("offset + + ,");
    FAIL();
  } catch (const ExpressionError& error) {
    EXPECT_EQ(error.begin, 11U);
  }
}

}  // namespace
}  // namespace millrace

#include "core/expression/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/expression/aggregate.hpp"
#include "core/expression/program.hpp"
#include "core/expression/types.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The text without its marks [[ ]], and where they stood.
struct Marked {
  std::string text;
  size_t begin;
  size_t end;
};
Marked marked(std::string text) {
  const size_t begin = text.find("[[");
  text.erase(begin, 2);
  const size_t end = text.find("]]");
  text.erase(end, 2);
  return {text, begin, end};
}

template <class Action>
void expect_error_at(const std::string& text, const std::string& message, Action action) {
  SCOPED_TRACE(text);
  const auto place = marked(text);
  try {
    action(place.text);
    ADD_FAILURE() << "no error";
  } catch (const ExpressionError& error) {
    EXPECT_THAT(error.message + " / " + error.help, HasSubstr(message));
    EXPECT_EQ(error.begin, place.begin) << error.message;
    EXPECT_EQ(error.end, place.end) << error.message;
  }
}

void expect_parse_error(const std::string& text, const std::string& message) {
  expect_error_at(text, message, [](const std::string& sql) { parse(sql); });
}

void expect_bind_error(const std::string& text, const std::string& message) {
  const Schema schema{{{"value", TypeId::int64},
                       {"key", TypeId::string},
                       {"ts", TypeId::timestamp},
                       {"window", {TypeId::structure, {{"start", TypeId::timestamp}}}}}};
  expect_error_at(text, message, [&](const std::string& sql) { bind(parse(sql), schema, {}); });
}

std::vector<std::string> texts(const std::vector<Ast>& asts) {
  std::vector<std::string> all;
  for (const auto& ast : asts) all.push_back(to_sql(ast));
  return all;
}

TEST(Parse, PointsAtWhatIsNotExpected) {
  expect_parse_error("1 + [[)]]", "`)` is not expected here");
  expect_parse_error("value +[[]]", "ends too early");
  expect_parse_error("'\u00e9\u00e9' + [[)]]", "not expected");
  expect_parse_error("f([[then]])", "in double quotes: \"then\"");
  expect_parse_error("value = [['abc]]", "quote is not closed");
  expect_parse_error("[[]]", "empty");
  expect_parse_error("[[   ]]", "empty");
  expect_parse_error("[[-- nothing]]", "empty");
}

TEST(Parse, TakesOneExpressionOnly) {
  expect_parse_error("[[a, b]]", "more than one expression");
  expect_parse_error("[[a FROM b]]", "without FROM");
  expect_parse_error("[[1; SELECT 2]]", "more than one statement");
  expect_parse_error("[[a AS b]]", "leave out AS b");
  expect_parse_error("[[*]]", "cannot be used here");
  expect_parse_error("[[(]]SELECT 1)", "a query inside an expression");
}

TEST(Parse, CommentsEndWhereTheGrammarEndsThem) {
  expect_parse_error("[[-- one\r2 HAVING 3]]", "without FROM");
  expect_parse_error("1 +-- it's\r\n [[)]]", "not expected");
}

TEST(Parse, SaysWhatIsNotSupported) {
  expect_parse_error("a [[@@]] b", "no operator `@@`");
  expect_parse_error("a [[&&]] b", "write AND");
  expect_bind_error("[[current_timestamp]]", "replayed");
  expect_parse_error("[[sum(a)]] OVER ()", "window transform");
  expect_parse_error("[[count(*)]]", "`aggregates`");
  expect_parse_error("1 + [[count(DISTINCT a)]]", "`aggregates`");
  expect_parse_error("CAST(a AS [[uuid]])", "unknown type `uuid`");
  expect_parse_error("CAST(a AS [[decimal(40, 2)]])", "at most 38 digits");
  expect_parse_error("CAST(a AS [[varchar(3)]])", "size or precision");
  expect_parse_error("try_cast(a, [['intt']])", "did you mean `int`?");
  expect_parse_error("interval [['10 parsecs']]", "cannot be understood");
}

TEST(Parse, RefusesWhatIsTooLongOrTooDeep) {
  EXPECT_THROW(parse(std::string(expression_bytes_max + 1, ' ')), ExpressionError);
  std::string deep = "1";
  for (int i = 0; i < 30'000; ++i) deep += "+1";
  EXPECT_THROW(parse(deep), ExpressionError);
  EXPECT_THROW(parse(std::string(20'000, '(') + "1" + std::string(20'000, ')')), ExpressionError);
  EXPECT_THROW(parse(std::string("1\0", 2)), ExpressionError);
}

TEST(Parse, KeepsTheTextOfParts) {
  const auto ast = parse("(a) = (b) AND (c OR d) AND f(x, (y)) IS NOT NULL AND e IN (1, (2))");
  EXPECT_THAT(texts(conjuncts(ast)),
              ElementsAre("(a) = (b)", "c OR d", "f(x, (y)) IS NOT NULL", "e IN (1, (2))"));
}

TEST(Parse, TextOfAPartIsThatPart) {
  for (const std::string text :
       {"CASE x WHEN 1 THEN 'a' ELSE (b) END", "CAST(a AS bigint)", "a::int", "NOT (a = b)",
        "a NOT BETWEEN 1 AND (2)", "coalesce(a, b)", "trim(BOTH 'x' FROM a)", "\"a b\".\"c\"",
        "timestamp '2024-01-01'", "interval '1 day'", "- (5)", "a IS NOT TRUE",
        "a LIKE 'b' ESCAPE '!'", "extract(year FROM ts)", "E'a\\n'", "substring(a from 1 for 2)"}) {
    const auto parts = conjuncts(parse("1 = 1 AND (" + text + ") = (z) AND true"));
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(to_sql(parts[1]), "(" + text + ") = (z)");
    EXPECT_TRUE(same_expression(parse(to_sql(parts[1]).substr(1, text.size())),
                                parts[1].part(parts[1].root().arguments[0])))
        << text;
    EXPECT_EQ(to_sql(parse(text)), text);
  }
}

TEST(Parse, NamesColumnsAsWritten) {
  EXPECT_THAT(column_names(parse("userId + \"Other Id\" + f(w.start)")),
              ElementsAre("Other Id", "userId", "w"));
  EXPECT_EQ(column_name(parse("userId")), "userId");
  EXPECT_EQ(column_name(parse(" \"User \"\"Id\" ")), "User \"Id");
  EXPECT_EQ(column_name(parse("a + 1")), "");
  EXPECT_EQ(column_name(parse("a.b")), "");
}

TEST(Parse, GivesGroupKeysTheirNames) {
  EXPECT_EQ(parse_named("date_trunc('hour', ts) AS theHour").name, "theHour");
  EXPECT_EQ(parse_named("userId").name, "userId");
  EXPECT_EQ(parse_named("\"window\".start").name, "start");
  expect_error_at("[[a + 1]]", "write `a + 1 AS name`",
                  [](const std::string& text) { parse_named(text); });
}

TEST(Parse, ComparesExpressionsByMeaning) {
  EXPECT_TRUE(same_expression(parse("A+1"), parse("(a) + 1")));
  EXPECT_TRUE(same_expression(parse("x is null"), parse("x IS NULL")));
  EXPECT_FALSE(same_expression(parse("a + 1"), parse("a + 2")));
  EXPECT_FALSE(same_expression(parse("a + 1"), parse("a + 1.0")));
  EXPECT_FALSE(same_expression(parse("f(a)"), parse("f(a, a)")));
}

TEST(Aggregates, AreReadWithAllTheirParts) {
  const auto sum = parse_aggregate("sum(value * 2) FILTER (WHERE value > 0)");
  EXPECT_EQ(sum.function, "sum");
  EXPECT_THAT(texts(sum.arguments), ElementsAre("value * 2"));
  ASSERT_TRUE(sum.filter);
  EXPECT_EQ(to_sql(*sum.filter), "value > 0");
  EXPECT_FALSE(sum.star || sum.distinct);
  EXPECT_TRUE(parse_aggregate("COUNT(*)").star);
  EXPECT_EQ(parse_aggregate("COUNT(*)").function, "count");
  EXPECT_TRUE(parse_aggregate("count(DISTINCT key)").distinct);
  EXPECT_THAT(texts(parse_aggregate("max_by(value, ts)").arguments), ElementsAre("value", "ts"));
}

TEST(Aggregates, MustBeOneCall) {
  const auto refuse = [](const std::string& text, const std::string& message) {
    expect_error_at(text, message, [](const std::string& sql) { parse_aggregate(sql); });
  };
  refuse("[[value]]", "not an aggregate");
  refuse("[[sum(a) + 1]]", "not an aggregate");
  refuse("[[sum(a)]] AS b", "leave out AS b");
  refuse("[[sum(a) / sum(b)]]", "not an aggregate");
  refuse("sum([[count(*)]])", "cannot be used here");
}

TEST(Bind, PointsAtUnknownNames) {
  expect_bind_error("[[valeu]] > 1", "did you mean `value`?");
  expect_bind_error("1 + [[zzz]]", "columns are `value`, `key`, `ts`, `window`");
  expect_bind_error("[[uper]](key)", "did you mean `upper`?");
  expect_bind_error("key = [[\"abc\"]]", "single quotes");
  expect_bind_error("[[t.value]]", "without what they come from: `value`");
  expect_bind_error("[[\"window\".stop]]", "unknown field `stop`");
  expect_bind_error("[[value.start]]", "which has no fields");
  expect_bind_error("[[sum(value)]]", "belong under `aggregates`");
}

TEST(Bind, PointsAtTypesThatDoNotFit) {
  expect_bind_error("[[1 + ts]]", "(int, timestamp)");
  expect_bind_error("[[ts + ts]]", "(timestamp, timestamp)");
  expect_bind_error("[[value = (key = 'a')]]", "compares a long with a boolean");
  expect_bind_error("[[year(value)]]", "it takes (date) or (timestamp)");
  expect_bind_error("[[left(key)]]", "left(text, count)");
  expect_bind_error("value > 1 AND [[value]]", "a condition must be boolean, this is long");
  expect_bind_error("CASE WHEN true THEN ts ELSE [[value]] END", "the ones before are timestamp");
  expect_bind_error("[[rlike(key, '(')]]", "missing )");
  expect_bind_error("[[rlike(key, '(?=a)')]]", "lookaround");
  expect_bind_error("[[date_trunc('fortnight', ts)]]", "there is no unit 'fortnight'");
  expect_bind_error("[[date_format(ts, 'yyyy-bb')]]", "the letter `b` has no meaning");
  expect_bind_error("[[timestamp 'noon']]", "'noon' is not a timestamp");
  expect_bind_error("[[key LIKE 'a\\\\b']]", "escape");
  expect_bind_error("greatest([[interval '1 month']], interval '1 day')", "no fixed length");
  expect_bind_error("[[interval '1 month']]", "no fixed length");
}

TEST(Bind, RefusesAnUnknownTimeZone) {
  EXPECT_THROW(bind(parse("1"), {}, {.ansi = true, .time_zone = "Mars/Olympus"}), ExpressionError);
}

TEST(Bind, TellsWhatAProgramReads) {
  const Schema schema{{{"a", TypeId::int64}, {"b", TypeId::string}, {"c", TypeId::int64}}};
  EXPECT_THAT(bind(parse("c + a"), schema, {})->columns(), ElementsAre(0, 2));
  EXPECT_EQ(bind(parse("B"), schema, {})->as_column(), 1);
  EXPECT_EQ(bind(parse("a + c"), schema, {})->as_column(), -1);
  EXPECT_TRUE(bind(parse("1 + 2"), schema, {})->is_constant());
  EXPECT_FALSE(bind(parse("a"), schema, {})->is_constant());
  EXPECT_THROW(bind_condition(parse("a"), schema, {}), ExpressionError);
  EXPECT_NO_THROW(bind_condition(parse("a > 1"), schema, {}));
}

TEST(Bind, PrefersTheNameAsWritten) {
  const Schema schema{{{"ID", TypeId::int64}, {"id", TypeId::string}, {"Id", TypeId::int32}}};
  EXPECT_EQ(bind(parse("Id"), schema, {})->as_column(), 2);
  EXPECT_EQ(bind(parse("id"), schema, {})->as_column(), 1);
  EXPECT_THROW(bind(parse("iD"), schema, {}), ExpressionError);
}

TEST(Types, AreReadFromTheirNames) {
  for (const auto* const text :
       {"boolean", "int", "long", "float", "double", "string", "binary", "date", "timestamp",
        "array<long>", "struct<a: int, b: array<struct<c: string>>>"})
    EXPECT_EQ(to_string(parse_type(text)), text);
  EXPECT_EQ(parse_type(" BIGINT "), Type(TypeId::int64));
  EXPECT_EQ(parse_type("Array < Real >"), list_of(TypeId::float32));
}

TEST(Types, ErrorsPointAtThePart) {
  const auto refuse = [](const std::string& text, const std::string& message) {
    expect_error_at(text, message, [](const std::string& type) { parse_type(type); });
  };
  refuse("[[lnog]]", "did you mean `long`?");
  refuse("array<[[strin]]>", "did you mean `string`?");
  refuse("array<int[[]]", "expected `>`");
  refuse("int [[int]]", "more text");
  refuse("[[decimal(40, 2)]]", "at most 38 digits");
  refuse("array<[[decimal(2, 3)]]>", "3 of them behind the point");
  refuse("[[]]", "types are boolean");
}

}  // namespace
}  // namespace millrace

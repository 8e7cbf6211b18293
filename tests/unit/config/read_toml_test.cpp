#include "core/config/read_toml.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace {
namespace {

using testing::ElementsAre;

std::optional<std::string> no_variables(std::string_view) { return std::nullopt; }

class ReadToml : public testing::Test {
 protected:
  const Table& read(const std::string& text, const Environment& environment = no_variables) {
    diagnostics_ = Diagnostics(SourceFile("a.toml", text));
    root_ = read_toml(environment, diagnostics_);
    return *root_.value().as_table();
  }
  const Value& value(const std::string& key) { return root_->as_table()->find(key)->value; }
  const SourceFile& file() const { return diagnostics_.file(); }

  Diagnostics diagnostics_{SourceFile()};
  std::optional<Value> root_;
};

TEST_F(ReadToml, KeepsTheOrderOfTheFile) {
  const Table& root = read("zebra = 1\napple = { y = 1, x = 2 }\n[sinks.z]\n[sinks.a]\n[middle]\n");
  EXPECT_THAT(root.keys(), ElementsAre("zebra", "apple", "sinks", "middle"));
  EXPECT_THAT(value("apple").as_table()->keys(), ElementsAre("y", "x"));
  EXPECT_THAT(value("sinks").as_table()->keys(), ElementsAre("z", "a"));
}

TEST_F(ReadToml, KnowsThePlaceOfEveryWord) {
  const Table& root =
      read("a = \"x\"\nlist = [\n  \"y\", 2]\n[head.sub]\nkey.\"d.k\" = { q = 1 }\n");
  EXPECT_EQ(root.find("a")->key_span, (Span{1, 1, 2}));
  EXPECT_EQ(value("a").span(), (Span{1, 5, 8}));
  EXPECT_EQ(value("list").span(), (Span{2, 8, 9}));
  EXPECT_EQ((*value("list").as_array())[0].span(), (Span{3, 3, 6}));
  EXPECT_EQ((*value("list").as_array())[1].span(), (Span{3, 8, 9}));
  const Entry& sub = value("head").as_table()->entries[0];
  EXPECT_EQ(sub.key_span, (Span{4, 7, 10}));
  EXPECT_EQ(sub.value.span(), sub.key_span);
  const Entry& dotted = sub.value.as_table()->entries[0].value.as_table()->entries[0];
  EXPECT_EQ(dotted.key, "d.k");
  EXPECT_EQ(dotted.key_span, (Span{5, 5, 10}));
  EXPECT_EQ(dotted.value.span(), (Span{5, 13, 22}));
}

TEST_F(ReadToml, ReadsEveryKindOfValue) {
  read("b = true\ni = 1_000\nr = 1.5\ns = \"x\"\nd = 2026-01-01T00:00:00Z\nl = []\nt = {}\n");
  EXPECT_EQ(*value("b").as_boolean(), true);
  EXPECT_EQ(*value("i").as_integer(), 1000);
  EXPECT_EQ(*value("r").as_real(), 1.5);
  EXPECT_EQ(value("s").as_text()->text, "x");
  EXPECT_EQ(value("d").as_date_time()->text, "2026-01-01T00:00:00Z");
  EXPECT_EQ(value("l").kind_name(), "a list");
  EXPECT_EQ(value("t").kind_name(), "a table");
  EXPECT_EQ(value("d").kind_name(), "a date or a time");
}

TEST_F(ReadToml, PointsInsideStrings) {
  read("where = \"a \\\"b\\\" + c\"\n");
  const WrittenText& text = *value("where").as_text();
  EXPECT_EQ(text.text, "a \"b\" + c");
  EXPECT_EQ(text.place(file(), 8, 9), (Span{1, 20, 21}));
}

TEST_F(ReadToml, PointsInsideLinesOfALongString) {
  for (const std::string end : {"\n", "\r\n"}) {
    read("where = \"\"\"" + end + "value > 1" + end + "AND colour = 2\"\"\"\n");
    const WrittenText& text = *value("where").as_text();
    const std::size_t at = text.text.find("colour");
    EXPECT_EQ(text.place(file(), at, at + 6), (Span{3, 5, 11}));
  }
}

std::optional<std::string> variables(std::string_view name) {
  if (name == "HOST") return "broker.example";
  if (name == "EMPTY") return "";
  if (name == "BRACES") return "${HOST}\"]";
  return std::nullopt;
}

TEST_F(ReadToml, ReplacesVariablesInsideStringsOnly) {
  read(
      "a = \"${HOST}:9092\"\nb = '${EMPTY:-none} ${NOT:-x:y}'\nc = \"$$HOME $x ${EMPTY}|\"\n"
      "\"${HOST}\" = 1 # ${NOT}\nd = \"${BRACES}\"\n",
      variables);
  EXPECT_FALSE(diagnostics_.has_errors());
  EXPECT_EQ(value("a").as_text()->text, "broker.example:9092");
  EXPECT_EQ(value("a").as_text()->raw, "${HOST}:9092");
  EXPECT_EQ(value("b").as_text()->text, "none x:y");
  EXPECT_EQ(value("c").as_text()->text, "$HOME $x |");
  EXPECT_EQ(value("${HOST}").as_integer() != nullptr, true);
  EXPECT_EQ(value("d").as_text()->text, "${HOST}\"]");
}

TEST_F(ReadToml, PointsInsideStringsWithVariables) {
  read("a = \"x ${HOST} = $$ y\"\n", variables);
  const WrittenText& text = *value("a").as_text();
  ASSERT_EQ(text.text, "x broker.example = $ y");
  EXPECT_EQ(text.place(file(), 0, 1), (Span{1, 6, 7}));
  EXPECT_EQ(text.place(file(), 4, 6), (Span{1, 8, 15}));     // inside the variable: all of it
  EXPECT_EQ(text.place(file(), 17, 18), (Span{1, 16, 17}));  // the equals sign
  EXPECT_EQ(text.place(file(), 21, 22), (Span{1, 21, 22}));  // y, after the two dollar signs
  EXPECT_EQ(text.place(file(), 22, 22), (Span{1, 22, 22}));
}

TEST_F(ReadToml, GivesNothingAfterASyntaxError) {
  Diagnostics diagnostics(SourceFile("a.toml", "a = [1,\n"));
  EXPECT_FALSE(read_toml(no_variables, diagnostics));
  EXPECT_EQ(diagnostics.error_count(), 1U);
}

TEST(ProcessEnvironment, FindsWhatIsSet) {
  EXPECT_TRUE(process_environment("PATH"));
  EXPECT_FALSE(process_environment("MILLRACE_NO_SUCH_VARIABLE"));
}

}  // namespace
}  // namespace millrace

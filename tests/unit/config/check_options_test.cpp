#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config/option.hpp"
#include "core/config/read_toml.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;

std::optional<std::string> variables(std::string_view name) {
  if (name == "NUMBER") return "42";
  if (name == "YES") return "true";
  return std::nullopt;
}

OptionSpec option(const std::string& name, OptionType type, const std::string& default_text = "") {
  OptionSpec spec;
  spec.name = name;
  spec.type = type;
  spec.default_text = default_text;
  return spec;
}

class CheckOptions : public testing::Test {
 protected:
  OptionValues check(const std::string& text, const std::vector<OptionSpec>& specs) {
    diagnostics_ = Diagnostics(SourceFile("a.toml", text));
    const std::optional<Value> root = read_toml(variables, diagnostics_);
    const OptionOwner owner{"sink `s` (type `t`)", {1, 1, 2}, "t", {"inputs"}};
    return check_options(root.value(), specs, owner, diagnostics_);
  }
  std::vector<std::string> messages() const {
    std::vector<std::string> result;
    for (const Diagnostic* one : diagnostics_.sorted()) result.push_back(one->message);
    return result;
  }

  Diagnostics diagnostics_{SourceFile()};
};

std::vector<std::string> pairs(const OptionValue& value) {
  std::vector<std::string> result;
  for (const NamedText& one : value.named()) result.push_back(one.name + "=" + one.text.text);
  return result;
}

TEST_F(CheckOptions, AScalarStringMayBeABooleanOrAnInteger) {
  auto truncate = option("truncate", OptionType::string, "true");
  truncate.scalar = true;
  for (const auto& [written, meant] :
       {std::pair{"false", "false"}, {"30", "30"}, {"\"true\"", "true"}}) {
    const auto values = check(std::string("truncate = ") + written + "\n", {truncate});
    ASSERT_EQ(values.values.size(), 1U) << written;
    EXPECT_EQ(values.values[0].text().text, meant);
    EXPECT_THAT(messages(), testing::IsEmpty());
  }
  check("truncate = 0.5\n", {truncate});
  EXPECT_THAT(messages(), ElementsAre("`truncate` must be a string"));
}

TEST_F(CheckOptions, ReadsEveryType) {
  const OptionValues values = check(
      "b = true\ni = 5\nr = 2\ns = \"x\"\nd = \"10 seconds\"\nz = \"1 KiB\"\nl = [\"p\", \"q\"]\n"
      "m = { k = 1, on = true, f = 0.5, t = \"v\" }\nc = { y = \"string\", x = \"long\" }\n"
      "e = \"a > 1\"\nn = { two = \"a + 2\", one = \"a + 1\" }\ng = { n = \"count(*)\" }\n",
      {option("b", OptionType::boolean), option("i", OptionType::integer),
       option("r", OptionType::real), option("s", OptionType::string),
       option("d", OptionType::duration), option("z", OptionType::size),
       option("l", OptionType::string_list), option("m", OptionType::string_map),
       option("c", OptionType::columns), option("e", OptionType::expression),
       option("n", OptionType::expressions), option("g", OptionType::aggregates)});
  EXPECT_THAT(messages(), ElementsAre());
  EXPECT_TRUE(values.find("b")->boolean());
  EXPECT_EQ(values.find("i")->integer(), 5);
  EXPECT_EQ(values.find("r")->real(), 2.0);
  EXPECT_EQ(values.find("s")->string(), "x");
  EXPECT_EQ(values.find("d")->duration().microseconds, 10'000'000);
  EXPECT_EQ(values.find("z")->size_bytes(), 1024);
  EXPECT_EQ(values.find("l")->list()[1].text, "q");
  EXPECT_THAT(pairs(*values.find("m")), ElementsAre("k=1", "on=true", "f=0.5", "t=v"));
  EXPECT_THAT(pairs(*values.find("c")), ElementsAre("y=string", "x=long"));
  EXPECT_EQ(values.find("e")->text().span, (Span{10, 5, 12}));
  EXPECT_THAT(pairs(*values.find("n")), ElementsAre("two=a + 2", "one=a + 1"));
  EXPECT_THAT(pairs(*values.find("g")), ElementsAre("n=count(*)"));
  EXPECT_EQ(values.find("i")->key_span, (Span{2, 1, 2}));
  EXPECT_FALSE(values.find("i")->from_default);
}

TEST_F(CheckOptions, FillsDefaults) {
  const OptionValues values =
      check("", {option("b", OptionType::boolean, "true"), option("i", OptionType::integer, "20"),
                 option("d", OptionType::duration, "\"1 minute\""),
                 option("z", OptionType::size, "\"1 MiB\""),
                 option("l", OptionType::string_list, "[\"a\", \"b\"]"),
                 option("s", OptionType::string, "\"x\""), option("none", OptionType::string),
                 option("bad", OptionType::duration, "soon")});
  EXPECT_THAT(messages(), ElementsAre());
  EXPECT_TRUE(values.find("b")->boolean());
  EXPECT_TRUE(values.find("b")->from_default);
  EXPECT_FALSE(values.find("b")->value_span.known());
  EXPECT_EQ(values.find("i")->integer(), 20);
  EXPECT_EQ(values.find("d")->duration().microseconds, 60'000'000);
  EXPECT_EQ(values.find("z")->size_bytes(), 1 << 20);
  EXPECT_EQ(values.find("l")->list().size(), 2U);
  EXPECT_EQ(values.find("l")->list()[1].text, "b");
  EXPECT_EQ(values.find("s")->string(), "x");
  EXPECT_EQ(values.find("none"), nullptr);
  EXPECT_EQ(values.find("bad"), nullptr);  // the plugin's mistake, not the file's
}

TEST_F(CheckOptions, FlattensMaps) {
  const OptionValues values = check(
      "kafka.\"security.protocol\" = \"SSL\"\nkafka.socket.timeout.ms = 10\n"
      "\"kafka.acks\" = \"all\"\n",
      {option("kafka", OptionType::string_map)});
  EXPECT_THAT(messages(), ElementsAre());
  EXPECT_THAT(pairs(*values.find("kafka")),
              ElementsAre("security.protocol=SSL", "socket.timeout.ms=10", "acks=all"));
}

TEST_F(CheckOptions, TakesQuotedDottedKeysAloneAsAMap) {
  const OptionValues values =
      check("\"kafka.acks\" = \"all\"\n", {option("kafka", OptionType::string_map)});
  EXPECT_THAT(pairs(*values.find("kafka")), ElementsAre("acks=all"));
}

TEST_F(CheckOptions, TakesTheTextOfAVariableForAnyType) {
  const OptionValues values =
      check("i = \"${NUMBER}\"\nb = \"${YES}\"\nr = \"${NUMBER}\"\n",
            {option("i", OptionType::integer), option("b", OptionType::boolean),
             option("r", OptionType::real)});
  EXPECT_THAT(messages(), ElementsAre());
  EXPECT_EQ(values.find("i")->integer(), 42);
  EXPECT_TRUE(values.find("b")->boolean());
  EXPECT_EQ(values.find("r")->real(), 42.0);
}

TEST_F(CheckOptions, TakesASingleTextWhereAListMayStand) {
  const OptionValues values =
      check("l = \"p\"\nn = \"key\"\n",
            {option("l", OptionType::string_list), option("n", OptionType::expressions)});
  EXPECT_THAT(messages(), ElementsAre());
  EXPECT_EQ(values.find("l")->list().size(), 1U);
  EXPECT_THAT(pairs(*values.find("n")), ElementsAre("=key"));
}

TEST_F(CheckOptions, ReportsAMisspeltRequiredKeyOnce) {
  OptionSpec required = option("subscribe", OptionType::string_list);
  required.required = true;
  check("subscirbe = [\"a\"]\n", {required});
  EXPECT_THAT(messages(), ElementsAre("unknown key `subscirbe` in sink `s` (type `t`)"));
}

TEST_F(CheckOptions, MarksSecrets) {
  OptionSpec password = option("password", OptionType::string);
  password.secret = true;
  EXPECT_TRUE(check("password = \"x\"\n", {password}).find("password")->secret);
}

TEST_F(CheckOptions, LeavesOutWhatIsWrong) {
  const OptionValues values = check(
      "i = \"x\"\nj = 1\n", {option("i", OptionType::integer), option("j", OptionType::integer)});
  EXPECT_EQ(values.find("i"), nullptr);
  EXPECT_EQ(values.find("j")->integer(), 1);
  EXPECT_THAT(messages(), ElementsAre("`i` must be an integer"));
}

}  // namespace
}  // namespace millrace

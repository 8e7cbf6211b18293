#include "core/cli/verbs.hpp"

#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cli/command_line.hpp"
#include "core/cli/exit_code.hpp"
#include "core/cli/terminal.hpp"

namespace millrace::cli {
namespace {

using testing::HasSubstr;

class Verbs : public testing::Test {
 protected:
  int run(const std::vector<std::string>& words) {
    return run_command_line(words, all_verbs(), world_);
  }

  std::ostringstream out_;
  std::ostringstream err_;
  World world_{out_, err_, [](std::string_view) { return std::nullopt; }, Color::off};
};

TEST_F(Verbs, HaveNamesAndSummariesOfTheirOwn) {
  std::set<std::string> names;
  for (const Verb& verb : all_verbs()) {
    EXPECT_TRUE(names.insert(verb.name).second) << verb.name;
    EXPECT_FALSE(verb.summary.empty()) << verb.name;
    EXPECT_THAT(verb.examples, HasSubstr("  millrace " + verb.name));
  }
}

TEST_F(Verbs, VersionSaysWhatPluginsMustBeBuiltFor) {
  EXPECT_EQ(run({"version"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("plugin ABI 1."));
  out_.str("");
  EXPECT_EQ(run({"--version", "--json"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("\"plugin_abi\":\"1."));
}

TEST_F(Verbs, PluginsListSaysWhatIsRefused) {
  EXPECT_EQ(run({"plugins", "list", "--plugin-path", "/nonexistent/plugins"}), exit_configuration);
  EXPECT_THAT(err_.str(), HasSubstr("error: "));
  EXPECT_THAT(err_.str(), HasSubstr("/nonexistent/plugins"));
  EXPECT_THAT(out_.str(), HasSubstr("KIND"));
}

TEST_F(Verbs, PluginPathTakesOneWord) {
  EXPECT_EQ(run({"check", "--plugin-path", "/nonexistent/a", "/nonexistent/b.toml"}),
            exit_configuration);
  EXPECT_THAT(err_.str(), HasSubstr("cannot read `/nonexistent/b.toml`: No such file"));
}

TEST_F(Verbs, CheckTellsMistakesAsJson) {
  EXPECT_EQ(run({"check", "--json", "/nonexistent/b.toml"}), exit_configuration);
  EXPECT_THAT(out_.str(), HasSubstr("[{\"severity\":\"error\",\"code\":\"E0002\""));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(Verbs, PluginsDescribeKnowsNoUnknownType) {
  EXPECT_EQ(run({"plugins", "describe", "nonesuch-at-all"}), exit_not_held);
  EXPECT_THAT(err_.str(), HasSubstr("no plugin has a component type `nonesuch-at-all`"));
}

TEST(ChooseColor, FollowsTheTerminalAndTheEnvironment) {
  std::map<std::string, std::string, std::less<>> variables;
  const Environment environment = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  EXPECT_EQ(choose_color(true, environment), Color::on);
  EXPECT_EQ(choose_color(false, environment), Color::off);
  variables["TERM"] = "dumb";
  EXPECT_EQ(choose_color(true, environment), Color::off);
  variables["CLICOLOR_FORCE"] = "1";
  EXPECT_EQ(choose_color(false, environment), Color::on);
  variables["NO_COLOR"] = "1";
  EXPECT_EQ(choose_color(true, environment), Color::off);
}

}  // namespace
}  // namespace millrace::cli

#include "core/cli/command_line.hpp"

#include <memory>
#include <sstream>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/error.hpp"

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/cli/exit_code.hpp"

namespace millrace::cli {
namespace {

using testing::HasSubstr;

class CommandLine : public testing::Test {
 protected:
  int run(const std::vector<std::string>& words) {
    out_.str("");
    err_.str("");
    return run_command_line(words, verbs(), world_);
  }

  std::vector<Verb> verbs() {
    Verb copy{"copy", "copies", "  millrace copy a b\n", [this](FlagSet& flags, World&) {
                auto count = std::make_shared<std::optional<std::int64_t>>(1);
                auto file = std::make_shared<std::string>();
                flags.number("--threads", *count, 1024, "how many", "");
                flags.word("file", *file, "what");
                return Action([this, count, file] {
                  world_.out << *file << ' ' << **count;
                  return 0;
                });
              }};
    Verb list{"things list", "lists", "", [](FlagSet&, World&) {
                return Action([] { return static_cast<int>(exit_not_held); });
              }};
    Verb fail{"fail", "fails", "", [this](FlagSet&, World&) {
                return Action([this]() -> int {
                  throw_failure_();
                  return 0;
                });
              }};
    return {copy, list, fail};
  }

  std::ostringstream out_;
  std::ostringstream err_;
  World world_{out_, err_, [](std::string_view) { return std::nullopt; }, Color::off};
  std::function<void()> throw_failure_;
};

TEST_F(CommandLine, RunsTheVerbWithItsFlags) {
  EXPECT_EQ(run({"copy", "a.toml", "--threads", "4"}), 0);
  EXPECT_EQ(out_.str(), "a.toml 4");
  EXPECT_EQ(run({"copy", "--threads=3", "b.toml"}), 0);
  EXPECT_EQ(out_.str(), "b.toml 3");
  EXPECT_EQ(run({"things", "list"}), exit_not_held);
}

TEST_F(CommandLine, ShowsHelpOnStdoutWhenAsked) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("things list"));
  EXPECT_EQ(run({"copy", "--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("--threads"));
  EXPECT_THAT(out_.str(), HasSubstr("millrace copy a b"));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(CommandLine, ShowsHelpOnStderrWithoutWords) {
  EXPECT_EQ(run({}), exit_usage);
  EXPECT_THAT(err_.str(), HasSubstr("Usage: millrace VERB"));
}

TEST_F(CommandLine, KnowsTheNearestVerb) {
  EXPECT_EQ(run({"coppy"}), exit_usage);
  EXPECT_THAT(err_.str(), HasSubstr("there is no verb `coppy`"));
  EXPECT_THAT(err_.str(), HasSubstr("did you mean `copy`?"));
  EXPECT_EQ(run({"things", "lsit"}), exit_usage);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean `things list`?"));
  EXPECT_EQ(run({"things"}), exit_usage);
  EXPECT_THAT(err_.str(), HasSubstr("`things` needs a second word: `things list`"));
}

TEST_F(CommandLine, KnowsTheNearestFlag) {
  EXPECT_EQ(run({"copy", "a", "--thread", "4"}), exit_usage);
  EXPECT_THAT(err_.str(), HasSubstr("millrace copy has no flag `--thread`"));
  EXPECT_THAT(err_.str(), HasSubstr("did you mean `--threads`?"));
}

TEST_F(CommandLine, RefusesWordsTooManyOrTooFew) {
  EXPECT_EQ(run({"copy", "a", "b"}), exit_usage);
  EXPECT_THAT(err_.str(), HasSubstr("does not know what to do with `b`"));
  EXPECT_EQ(run({"copy"}), exit_usage);
  EXPECT_THAT(err_.str(), HasSubstr("file is required"));
  EXPECT_EQ(run({"copy", "a", "--threads", "many"}), exit_usage);
}

TEST_F(CommandLine, TurnsFailuresIntoExitCodes) {
  const auto code = [&](const auto& failure) {
    throw_failure_ = [failure] { throw failure; };
    return run({"fail"});
  };
  EXPECT_EQ(code(Error::user("a")), exit_configuration);
  EXPECT_EQ(err_.str(), "error: a\n");
  EXPECT_EQ(code(Error::data("a")), exit_broken);
  EXPECT_EQ(code(Error::internal("a")), exit_broken);
  EXPECT_EQ(code(Error::external("a")), exit_retries_spent);
  EXPECT_EQ(code(Error(Blame::external, Retry::never, "a")), exit_unreachable);
  EXPECT_EQ(code(CheckpointError(CheckpointFault::damaged, "a")), exit_checkpoint);
  EXPECT_EQ(code(std::runtime_error("a")), exit_broken);
}

}  // namespace
}  // namespace millrace::cli

// Whole pipelines in the test's thread: real plugins, a manual clock, the checkpoint in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "windows_job.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Pipeline, GivesTheSameRowsForAnyNumberOfThreadsAndShards) {
  std::optional<std::multiset<std::string>> expected;
  for (const auto& [threads, shards] : {std::pair(1, 1), {1, 16}, {4, 5}}) {
    const TestFolder folder;
    write_disordered_events(folder);
    PipelineHarness(windows_job(folder, shards, ""), static_cast<size_t>(threads)).run();
    const auto rows = folder.lines("final");
    EXPECT_GT(rows.size(), 50U);
    EXPECT_GT(folder.lines("changes").size(), rows.size());
    EXPECT_GT(folder.lines("late").size(), 0U);
    if (!expected) expected = rows;
    EXPECT_EQ(rows, *expected) << threads << " threads, " << shards << " shards";
  }
}

// Whatever clocks wrote the times: they are counted in their windows, and move the watermark where
// nothing says how far ahead it may be.
TEST(Pipeline, ATimeFarAheadMovesTheWatermarkAsFarAsItMay) {
  const auto at = [](const std::string& time) { return R"({"key":"k","ts":")" + time + "\"}\n"; };
  for (const bool limited : {false, true}) {
    const TestFolder folder;
    folder.write("in/0.jsonl", at("2023-11-14T22:00:05Z") + at("1969-12-31T23:59:59.999Z") +
                                   at("9999-12-31T23:59:59Z") + at("2033-11-14T22:00:00Z"));
    folder.write("in/1.jsonl", at("2023-11-14T22:00:06Z") + at("2023-11-14T22:00:40Z"));
    auto toml = windows_job(folder, 4, "");
    const std::string delay = "delay = \"10 seconds\"";
    if (limited) toml.replace(toml.find(delay), delay.size(), delay + ", max_ahead = \"1 hour\"");
    toml.replace(toml.find(", value = \"long\""), std::string(", value = \"long\"").size(), "");
    const std::string aggregates = ", total = 'sum(value)', third = 'last(value)'";
    toml.replace(toml.find(aggregates), aggregates.size(), "");
    const std::string columns = R"(, total = "total", third = "third")";
    toml.replace(toml.find(columns), columns.size(), "");
    PipelineHarness(toml).run();
    const auto row = [](const std::string& start, int n) {
      return R"({"key":"k","at":")" + start + R"(","n":)" + std::to_string(n) + "}";
    };
    const auto rows = folder.lines("final");
    EXPECT_EQ(rows.count(row("2023-11-14T22:00:00Z", 2)), limited ? 1U : 0U);
    EXPECT_EQ(rows.count(row("1969-12-31T23:59:50Z", 1)), 1U);
    EXPECT_EQ(rows.count(row("9999-12-31T23:59:50Z", 1)), 0U) << "no watermark gets there";
    EXPECT_EQ(folder.lines("late").size(), limited ? 0U : 2U);
  }
}

TEST(Pipeline, LosesAndRepeatsNothingWhenPowerFailsAtAnyOperationOfTheCheckpoint) {
  const std::string checkpoint = "checkpoint = \"/checkpoint\"\n";
  const TestFolder calm;
  write_disordered_events(calm);
  PipelineHarness undisturbed(windows_job(calm, 3, checkpoint));
  undisturbed.run();
  const auto operations = undisturbed.files().operations();
  ASSERT_GT(operations, 50U);
  for (uint64_t at = 3; at < operations; at += 29) {
    const TestFolder folder;
    write_disordered_events(folder);
    PipelineHarness harness(windows_job(folder, 3, checkpoint));
    harness.files().lose_power_at_operation(at);
    // Inside a plugin's callback the loss of power turns into an error on its way out.
    EXPECT_ANY_THROW(harness.run()) << "operation " << at;
    harness.files().power_loss();
    harness.run();
    EXPECT_EQ(folder.lines("final"), calm.lines("final")) << "operation " << at;
    EXPECT_EQ(folder.lines("changes"), calm.lines("changes")) << "operation " << at;
    EXPECT_EQ(folder.lines("late"), calm.lines("late")) << "operation " << at;
  }
}

TEST(Pipeline, EmitsAClosedWindowOnceAcrossRestartsBesideTheWholeResult) {
  const auto job = [](const TestFolder& folder) {
    return windows_job(folder, 3, "checkpoint = \"/checkpoint\"\n") +
           "[sinks.whole]\ntype = \"file\"\ninputs = [\"shaped\"]\noutput_mode = \"complete\"\n" +
           "path = \"" + folder.path("whole").string() + "\"\n";
  };
  const TestFolder calm;
  write_disordered_events(calm);
  PipelineHarness undisturbed(job(calm));
  undisturbed.run();
  ASSERT_GT(calm.lines("final").size(), 50U);
  for (uint64_t at = 40; at < undisturbed.files().operations(); at += 71) {
    const TestFolder folder;
    write_disordered_events(folder);
    PipelineHarness harness(job(folder));
    harness.files().lose_power_at_operation(at);
    EXPECT_ANY_THROW(harness.run()) << "operation " << at;
    harness.files().power_loss();
    harness.run();
    for (const auto* sink : {"final", "changes", "late", "whole"})
      EXPECT_EQ(folder.lines(sink), calm.lines(sink)) << sink << ", operation " << at;
  }
}

TEST(Pipeline, RefusesStateThatAnotherConfigurationWrote) {
  const TestFolder folder;
  write_disordered_events(folder);
  const auto toml = windows_job(folder, 3, "checkpoint = \"/checkpoint\"\n");
  PipelineHarness harness(toml);
  harness.run();
  auto changed = toml;
  const std::string key = "group_by = [\"key\"]";
  changed.replace(changed.find(key), key.size(), "group_by = [\"key\", \"value % 2 AS parity\"]");
  harness.configure(changed);
  try {
    harness.run();
    FAIL() << "the state was read";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the checkpoint holds state of another shape"));
    EXPECT_THAT(error.what(), HasSubstr("keys (string)"));
    EXPECT_THAT(error.what(), HasSubstr("keys (string, long)"));
  }
  harness.configure(toml);
  EXPECT_EQ(harness.run(), "");
}

TEST(Pipeline, WarnsOnceOfWhatTheCheckpointKnowsAndThePipelineHasNoMore) {
  const TestFolder folder;
  write_disordered_events(folder);
  auto toml = windows_job(folder, 3, "checkpoint = \"/checkpoint\"\n");
  PipelineHarness harness(toml);
  harness.run();
  EXPECT_THAT(harness.log(), Not(HasSubstr("no more")));
  for (const auto& [before, after] :
       std::map<std::string, std::string>{{"sources.events]", "sources.views]"},
                                          {"[\"events\"", "[\"views\""},
                                          {"transforms.counts]", "transforms.sums]"},
                                          {"[\"counts", "[\"sums"}})
    for (auto at = toml.find(before); at != std::string::npos; at = toml.find(before))
      toml.replace(at, before.size(), after);
  harness.configure(toml);
  harness.run();
  const auto log = harness.log();
  EXPECT_THAT(log, HasSubstr("source=events"));
  EXPECT_THAT(log, HasSubstr("transform=counts"));
  harness.run();
  EXPECT_EQ(harness.log(), log);
}

TEST(Pipeline, AFinishedJobHasNothingLeftToDo) {
  const TestFolder folder;
  write_disordered_events(folder);
  PipelineHarness harness(windows_job(folder, 3, "checkpoint = \"/checkpoint\"\n"));
  EXPECT_THAT(harness.run(), HasSubstr("\"batchId\":0"));
  EXPECT_EQ(harness.run(), "");
}

TEST(Pipeline, ABadRecordFailsTheEpochWithItsPlace) {
  const TestFolder folder;
  folder.write("in/1.jsonl", event("a", 1, 1) + "{\"key\":\"b\",\"ts\":\"yesterday\"}\n");
  PipelineHarness harness(windows_job(folder, 1, ""));
  try {
    harness.run();
    FAIL() << "the record was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), HasSubstr("yesterday"));
    EXPECT_THAT(error.what(), HasSubstr("1.jsonl"));
    EXPECT_THAT(error.what(), HasSubstr("on_error"));
  }
  EXPECT_THAT(harness.metrics(), HasSubstr("error_type=\"data\",stage=\"decode\"} 1\n"));
}

TEST(Pipeline, BadRecordsGoToTheDeadLetterOutputAsTheyCame) {
  const TestFolder folder;
  folder.write("in/1.jsonl", event("a", 1, 1) + "not json at all\n" + event("b", 2, 2));
  const std::string toml = R"(
trigger = "available_now"
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" + folder.path("in").string() +
                           R"("
format = "json"
schema = { key = "string", value = "long" }
on_error = "dead_letter"
[sinks.good]
type = "file"
inputs = ["events"]
path = ")" + folder.path("good").string() +
                           R"("
[sinks.bad]
type = "file"
inputs = ["events.dead_letter"]
path = ")" + folder.path("bad").string() +
                           "\"\n";
  const auto progress = PipelineHarness(toml).run();
  EXPECT_EQ(folder.lines("good"),
            (std::multiset<std::string>{R"({"key":"a","value":1})", R"({"key":"b","value":2})"}));
  ASSERT_EQ(folder.lines("bad").size(), 1U);
  EXPECT_THAT(*folder.lines("bad").begin(), HasSubstr(R"("value":"not json at all")"));
  EXPECT_THAT(progress, HasSubstr("\"numDeadLetterRows\":1"));
}

TEST(Pipeline, SortsTheWholeResultInOneLane) {
  const TestFolder folder;
  folder.write("in/1.jsonl", event("b", 1, 5) + event("a", 2, 1) + event("c", 3, 9));
  const std::string toml = R"(
trigger = "once"
shards = 7
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" + folder.path("in").string() +
                           R"("
format = "json"
schema = { key = "string", value = "long" }
[transforms.totals]
type = "aggregate"
inputs = ["events"]
group_by = ["key"]
aggregates = { total = 'sum(value)' }
[transforms.top]
type = "sort"
inputs = ["totals"]
by = ["total DESC"]
rows = 2
[sinks.out]
type = "file"
inputs = ["top"]
output_mode = "complete"
path = ")" + folder.path("out").string() +
                           "\"\n";
  PipelineHarness(toml).run();
  EXPECT_EQ(folder.lines("out"),
            (std::multiset<std::string>{R"({"key":"b","total":5})", R"({"key":"c","total":9})"}));
}

}  // namespace
}  // namespace millrace

// Continuous pipelines in the test's thread: rounds back to back, epochs cut by a manual clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "windows_job.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr int64_t second = 1'000'000;
constexpr int files = 6;

// Files of events in order of time; the last one closes every window.
void write_events(const TestFolder& folder) {
  for (int file = 0; file < files; ++file) {
    std::string text;
    for (int i = 0; i < 40; ++i) {
      const int at = file == files - 1 ? 59 * 60 : file * 20 + i / 2;
      text += event("key" + std::to_string((file + i * i) % 9), at, i);
    }
    folder.write("in/" + std::to_string(100 + file) + ".jsonl", text);
  }
}

// Several rounds an epoch, since a round takes one file. Windows, changes, and a sorted whole
// result.
std::string job(const TestFolder& folder, const std::string& trigger, int shards = 3) {
  return "name = \"job\"\ncheckpoint = \"/checkpoint\"\ntrigger = " + trigger +
         "\nshards = " + std::to_string(shards) + R"(
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" +
         folder.path("in").string() + R"("
max_files_per_trigger = 1
format = "json"
schema = { key = "string", ts = "timestamp", value = "long" }
watermark = { column = "ts", delay = "10 seconds" }
[transforms.counts]
type = "sliding_window"
inputs = ["events"]
size = "20 seconds"
slide = "10 seconds"
group_by = ["key"]
aggregates = { n = 'count(*)', total = 'sum(value)', latest = 'last(value)' }
[transforms.totals]
type = "aggregate"
inputs = ["events"]
group_by = ["key"]
aggregates = { n = 'count(*)' }
[transforms.ranking]
type = "sort"
inputs = ["totals"]
by = ["n DESC", "key"]
[sinks.rows]
type = "file"
inputs = ["events"]
path = ")" +
         folder.path("rows").string() + R"("
[sinks.final]
type = "file"
inputs = ["counts"]
path = ")" +
         folder.path("final").string() + R"("
[sinks.changes]
type = "file"
inputs = ["totals"]
output_mode = "update"
path = ")" +
         folder.path("changes").string() + R"("
[sinks.top]
type = "file"
inputs = ["ranking"]
output_mode = "complete"
path = ")" +
         folder.path("top").string() + "\"\n";
}

const std::string continuous = "{ continuous = \"1 second\" }";
const std::string available_now = "\"available_now\"";

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Continuous, ReadsInRoundsWhatOtherTriggersReadInEpochs) {
  const TestFolder folder;
  write_events(folder);
  PipelineHarness harness(job(folder, continuous));
  const auto progress = harness.run(10 * second);
  // Where sources begin is an epoch of its own; the other files are rounds of the next one.
  EXPECT_THAT(progress, HasSubstr(R"("numInputRows":40,)"));
  EXPECT_THAT(progress, HasSubstr(R"("numInputRows":200,)"));
  EXPECT_EQ(count_of(progress, R"("isNoData":true)"), 1U) << progress;  // Closes the windows.
  EXPECT_EQ(count_of(progress, R"("batchId")"), 3U) << progress;
  // The watermark moved, five files, and the cut.
  EXPECT_THAT(progress, HasSubstr(R"("numRounds":7,)"));
  EXPECT_THAT(harness.metrics(), HasSubstr("millrace_rounds_total{pipeline=\"job\"} 10"));
}

TEST(Continuous, GivesTheFinalRowsOfOtherTriggers) {
  const TestFolder planned;
  write_events(planned);
  PipelineHarness(job(planned, available_now)).run();
  ASSERT_THAT(planned.lines("final"), Not(IsEmpty()));
  for (const auto& [threads, shards] : {std::pair(1, 1), {4, 5}}) {
    const TestFolder folder;
    write_events(folder);
    PipelineHarness(job(folder, continuous, shards), static_cast<size_t>(threads)).run(10 * second);
    EXPECT_EQ(folder.lines("rows"), planned.lines("rows"));
    EXPECT_EQ(folder.lines("final"), planned.lines("final"));
    EXPECT_THAT(folder.lines("rows"), SizeIs(files * 40));
  }
}

TEST(Continuous, ShowsWhatChangesInEachRound) {
  const TestFolder planned;
  const TestFolder folder;
  write_events(planned);
  write_events(folder);
  PipelineHarness(job(planned, available_now)).run();
  PipelineHarness(job(folder, continuous)).run(10 * second);
  EXPECT_EQ(folder.lines("changes"), planned.lines("changes"));  // A file is a round or an epoch.
}

TEST(Continuous, GivesAWholeResultOncePerEpoch) {
  const TestFolder folder;
  write_events(folder);
  PipelineHarness harness(job(folder, continuous));
  harness.run(10 * second);
  int epochs = 0;
  for (const auto& part : std::filesystem::directory_iterator(folder.path("top"))) {
    if (part.path().extension() != ".jsonl") continue;
    ++epochs;
    std::set<std::string> groups;
    std::ifstream rows(part.path());
    for (std::string row; std::getline(rows, row);)
      EXPECT_TRUE(groups.insert(row.substr(0, row.find(','))).second) << row << " comes again";
    EXPECT_GE(groups.size(), 4U);
  }
  EXPECT_EQ(epochs, 3);
}

TEST(Continuous, CutsAnEpochThatIsOpenWhenItIsStopped) {
  const TestFolder folder;
  write_events(folder);
  PipelineHarness harness(job(folder, continuous));
  harness.run(second / 2);
  EXPECT_THAT(folder.lines("rows"), SizeIs(files * 40));
  harness.run(10 * second);
  EXPECT_THAT(folder.lines("rows"), SizeIs(files * 40));
}

TEST(Continuous, WritesNothingToItsCheckpointWhileNothingHappens) {
  const TestFolder folder;
  write_events(folder);
  PipelineHarness harness(job(folder, continuous));
  harness.run(10 * second);
  const auto operations = harness.files().operations();
  const TestFolder longer;
  write_events(longer);
  PipelineHarness idle(job(longer, continuous));
  idle.run(1000 * second);
  EXPECT_EQ(idle.files().operations(), operations);
}

TEST(Continuous, LosesAndRepeatsNothingWhenPowerFailsAtAnyOperationOfTheCheckpoint) {
  const TestFolder calm;
  write_events(calm);
  PipelineHarness undisturbed(job(calm, continuous));
  undisturbed.run(10 * second);
  const auto operations = undisturbed.files().operations();
  ASSERT_GT(operations, 20U);
  for (uint64_t at = 3; at < operations; at += 3) {
    const TestFolder folder;
    write_events(folder);
    PipelineHarness harness(job(folder, continuous));
    harness.files().lose_power_at_operation(at);
    EXPECT_ANY_THROW(harness.run(10 * second)) << "operation " << at;
    harness.files().power_loss();
    harness.run(10 * second);
    EXPECT_EQ(folder.lines("rows"), calm.lines("rows")) << "operation " << at;
    EXPECT_EQ(folder.lines("final"), calm.lines("final")) << "operation " << at;
  }
}

TEST(Continuous, AnEpochThatWasPlannedMayBeRunAgainByAnotherTrigger) {
  const TestFolder calm;
  write_events(calm);
  PipelineHarness undisturbed(job(calm, available_now));
  undisturbed.run();
  const TestFolder folder;
  write_events(folder);
  PipelineHarness harness(job(folder, continuous));
  harness.files().lose_power_at_operation(45);
  EXPECT_ANY_THROW(harness.run(10 * second));
  harness.files().power_loss();
  harness.set_pipeline(job(folder, available_now));
  harness.run();
  EXPECT_EQ(folder.lines("final"), calm.lines("final"));
}

}  // namespace
}  // namespace millrace

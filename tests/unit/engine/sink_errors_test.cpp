// What becomes of a sink that fails, and of rows that it refuses.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline_harness.hpp"

namespace millrace {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr int files = 3;
constexpr int rows_per_file = 8;

// Values 0 to 7, 100 to 107, 200 to 207; an epoch each.
void write_events(const TestFolder& folder) {
  for (int file = 0; file < files; ++file) {
    std::string text;
    for (int row = 0; row < rows_per_file; ++row)
      text += R"({"value":)" + std::to_string(100 * file + row) + "}\n";
    folder.write("in/" + std::to_string(file) + ".jsonl", text);
  }
}

// One sink named `out`; `keys` are its other keys.
std::string job(const TestFolder& folder, const std::string& type, const std::string& keys,
                const std::string& more = "", bool checkpoint = true) {
  return std::string(checkpoint ? "checkpoint = \"/checkpoint\"\n" : "") + R"(name = "job"
trigger = "available_now"
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" +
         folder.path("in").string() + R"("
max_files_per_trigger = 1
format = "json"
schema = { value = "long" }
[sinks.out]
type = ")" +
         type + "\"\ninputs = [\"events\"]\npath = \"" + folder.path("out").string() + "\"\n" +
         keys + "\n" + more;
}

std::string letters(const TestFolder& folder, const std::string& type, const std::string& keys = "",
                    const std::string& name = "letters") {
  return "[sinks." + name + "]\ntype = \"" + type +
         "\"\ninputs = [\"out.dead_letter\"]\npath = \"" + folder.path(name).string() + "\"\n" +
         keys + "\n";
}

std::vector<std::string> journal(const TestFolder& folder, const std::string& sink = "out") {
  std::vector<std::string> lines;
  std::ifstream file(folder.path(sink + "/journal.txt"));
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::multiset<std::string> rows_without(const std::set<int>& refused) {
  std::multiset<std::string> rows;
  for (int file = 0; file < files; ++file)
    for (int row = 0; row < rows_per_file; ++row)
      if (!refused.contains(100 * file + row))
        rows.insert(R"({"value":)" + std::to_string(100 * file + row) + "}");
  return rows;
}

class SinkErrors : public testing::Test {
 protected:
  SinkErrors() { write_events(folder_); }
  TestFolder folder_;
};

using SinkRetry = SinkErrors;

TEST_F(SinkRetry, OpensAgainAfterAPauseThatDoubles) {
  PipelineHarness harness(
      job(folder_, "trial_idempotent", "failures = 3\nretry = { backoff = \"1 second\" }"));
  const auto begun_us = harness.clock().now_us();
  harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without({}));
  auto calls = journal(folder_);
  ASSERT_THAT(calls, SizeIs(6 + 2 * files));
  calls.resize(8);
  EXPECT_THAT(calls, ElementsAre("open 0 0", "give_up 0 0", "open 0 0", "give_up 0 0", "open 0 0",
                                 "give_up 0 0", "open 0 0", "close 0 0"));
  const auto waited_us = harness.clock().now_us() - begun_us;
  EXPECT_GE(waited_us, 3'500'000);  // Half of 1 + 2 + 4 seconds at least.
  EXPECT_LE(waited_us, 7'000'000);
  EXPECT_THAT(harness.metrics(),
              testing::ContainsRegex("sink_retries_total[^}]*\"out\"[^}]*} 3\n"));
  EXPECT_THAT(harness.log(), HasSubstr("no answer"));
}

TEST_F(SinkRetry, StopsOnceTheBudgetIsSpentAndGoesOnAtTheNextStart) {
  PipelineHarness harness(
      job(folder_, "trial_idempotent", "failures = 4\nretry = { attempts = 3 }"));
  EXPECT_THAT(failure_of([&] { harness.run(); }), HasSubstr("no answer; tried 3 times"));
  EXPECT_THAT(journal(folder_), SizeIs(6));
  harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without({}));
}

TEST_F(SinkRetry, IsCutShortByAStop) {
  PipelineHarness harness(
      job(folder_, "trial_idempotent",
          "failures = 4\nretry = { backoff = \"1 hour\", max_backoff = \"1 hour\" }"));
  EXPECT_THAT(failure_of([&] { harness.run(1'000'000); }), HasSubstr("no answer"));
  EXPECT_THAT(journal(folder_), ElementsAre("open 0 0", "give_up 0 0"));
}

TEST_F(SinkRetry, WorksWithoutACheckpoint) {
  PipelineHarness harness(job(folder_, "trial", "failures = 2\nretry = {}", "", false));
  harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without({}));
}

using DeadLetters = SinkErrors;

const std::set<int> refused = {3, 101, 102, 207};
const std::string rejects = "reject = \":3} 101 102 207\"\n";

TEST_F(DeadLetters, OfASinkThatKnowsEpochsAreLeftOutOfTheWhole) {
  PipelineHarness harness(job(folder_, "trial_idempotent", rejects + "on_error = \"dead_letter\"",
                              letters(folder_, "file")));
  const auto progress = harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without(refused));
  EXPECT_THAT(
      folder_.lines("letters"),
      ElementsAre(
          R"({"reason":"sink `out` (type `trial_idempotent`): not wanted","sink":"out","epoch":0,"attempt":1,"value":"{\"value\":3}"})",
          HasSubstr(R"("epoch":1,"attempt":1,"value":"{\"value\":101}")"),
          HasSubstr(R"("epoch":1,"attempt":1,"value":"{\"value\":102}")"),
          HasSubstr(R"("epoch":2,"attempt":1,"value":"{\"value\":207}")")));
  // An epoch is one close, with what was left out before. Behind a second row that is refused
  // others are looked for.
  EXPECT_THAT(journal(folder_), ElementsAre("open 0 0", "give_up 0 0", "open 0 0", "close 0 0",
                                            "open 0 1", "give_up 0 1", "open 0 1", "give_up 0 1",
                                            "open 0 1", "give_up 0 1", "open 0 1", "close 0 1",
                                            "open 0 2", "give_up 0 2", "open 0 2", "close 0 2"));
  EXPECT_THAT(harness.metrics(),
              testing::ContainsRegex("sink_dead_letter_records_total[^}]*\"out\"[^}]*} 4\n"));
  EXPECT_THAT(progress, HasSubstr(R"("numOutputRows":7)"));
}

TEST_F(DeadLetters, OfOtherSinksAreTakenOutOfPiecesThatComeOnce) {
  PipelineHarness harness(job(folder_, "trial",
                              rejects + "in_pieces = true\non_error = \"dead_letter\"",
                              letters(folder_, "trial_idempotent")));
  harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without(refused));
  EXPECT_THAT(folder_.lines("letters"), SizeIs(4));
}

TEST_F(DeadLetters, AreFoundByHalvesWhereTheSinkDoesNotSay) {
  PipelineHarness harness(job(folder_, "trial_batch",
                              rejects + "in_pieces = true\non_error = \"dead_letter\"",
                              letters(folder_, "file")));
  harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without(refused));
  EXPECT_THAT(folder_.lines("letters"), SizeIs(4));
  EXPECT_THAT(journal(folder_), testing::Contains("write 4 0"));
}

TEST_F(DeadLetters, AreLookedForWithoutClosingWhereAnEpochComesWhole) {
  PipelineHarness harness(job(folder_, "trial_columns", rejects + "on_error = \"dead_letter\"",
                              letters(folder_, "file")));
  harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without(refused));
  EXPECT_THAT(folder_.lines("letters"), SizeIs(4));
}

// However many rows of an epoch a sink refuses: what it is given is not their number times all
// rows.
class ManyRefused : public testing::TestWithParam<std::string> {};

TEST_P(ManyRefused, CostAFewAttemptsEachAtWhatIsLeft) {
  constexpr int rows = 4096;
  constexpr int refused_rows = 64;
  const TestFolder folder;
  std::string text;
  for (int row = 0; row < rows; ++row)
    text += R"({"value":)" + std::to_string(row % (rows / refused_rows) == 7 ? -row : row) + "}\n";
  folder.write("in/0.jsonl", text);
  PipelineHarness harness(job(folder, GetParam(), "reject = \":-\"\non_error = \"dead_letter\"",
                              letters(folder, "file")));
  harness.run();
  EXPECT_THAT(folder.lines("out"), SizeIs(rows - refused_rows));
  EXPECT_THAT(folder.lines("letters"), SizeIs(refused_rows));
  int64_t attempts = 0;
  int64_t given = 0;
  for (const auto& call : journal(folder)) {
    if (call.starts_with("open ")) ++attempts;
    if (call.starts_with("write ")) ++attempts, given += std::stoll(call.substr(6));
  }
  // By halves: two for each bit of a row's number. Where the sink says which: one.
  EXPECT_LE(attempts, refused_rows * 2 * 13);
  EXPECT_LE(given, rows * 2 * 13);
  EXPECT_GT(attempts, refused_rows);
}

INSTANTIATE_TEST_SUITE_P(SinksThatKnowEpochs, ManyRefused,
                         testing::Values("trial_idempotent", "trial_columns"),
                         [](const auto& each) { return each.param; });

TEST(RowNumbers, AreCountedAndSkipped) {
  RowNumbers numbers;
  for (const uint64_t row : {7U, 3U, 4U, 3U, 9U}) numbers.add(row);
  EXPECT_EQ(numbers.below(3), 0U);
  EXPECT_EQ(numbers.below(8), 3U);
  EXPECT_TRUE(numbers.contains(9));
  EXPECT_FALSE(numbers.contains(8));
  for (uint64_t begin = 0; begin < 12; ++begin) {
    uint64_t number = 0;
    for (uint64_t row = begin; row < 20; ++row)
      if (!numbers.contains(row)) {
        EXPECT_EQ(numbers.other(begin, number++), row);
      }
  }
}

TEST_F(DeadLetters, AskASinkThatTakesAnEpochAtOnceAndKnowsItToSayWhichRow) {
  const auto toml = [&](const std::string& keys) {
    return job(folder_, "trial_batch_idempotent", rejects + keys + "on_error = \"dead_letter\"",
               letters(folder_, "file"));
  };
  PipelineHarness harness(toml(""));
  EXPECT_THAT(failure_of([&] { harness.run(); }),
              AllOf(HasSubstr("not wanted; epoch 0, one of 8 rows"), HasSubstr("Error::at_row")));
  EXPECT_THAT(folder_.lines("out"), IsEmpty());
  harness.set_pipeline(toml("says_row = true\n"));
  harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without(refused));
  EXPECT_THAT(folder_.lines("letters"), SizeIs(4));
}

TEST_F(DeadLetters, MayBeDroppedAndAreCounted) {
  PipelineHarness harness(job(folder_, "trial_idempotent", rejects + "on_error = \"drop\""));
  harness.run();
  EXPECT_EQ(folder_.lines("out"), rows_without(refused));
  EXPECT_THAT(harness.metrics(),
              testing::ContainsRegex("discarded_records_total[^}]*\"refused\"[^}]*} 4\n"));
}

TEST_F(DeadLetters, StopThePipelineByDefaultAndAreNamed) {
  for (const std::string keys : {"", "retry = {}\n"}) {
    PipelineHarness harness(job(folder_, "trial", rejects + keys));
    EXPECT_THAT(failure_of([&] { harness.run(); }),
                HasSubstr("sink `out` (type `trial`): not wanted; epoch 0, row {\"value\":3}"));
  }
}

TEST_F(DeadLetters, ArriveOnceWhereverThePowerGoes) {
  const auto toml = [&](const TestFolder& folder) {
    return job(folder, "trial_idempotent", rejects + "again = true\non_error = \"dead_letter\"",
               letters(folder, "trial_idempotent", "again = true", "kept") +
                   letters(folder, "file", "", "filed"));
  };
  PipelineHarness whole(toml(folder_));
  whole.run();
  const auto operations = whole.files().operations();
  ASSERT_GT(operations, 60U);
  for (uint64_t operation = 0; operation < operations; ++operation) {
    const TestFolder folder;
    write_events(folder);
    PipelineHarness harness(toml(folder));
    harness.files().lose_power_at_operation(operation);
    try {
      harness.run();
    } catch (const PowerLost&) {
    } catch (const Error&) {
    }
    Rng survivors(operation);
    harness.files().power_loss(operation % 3 == 0 ? nullptr : &survivors);
    ASSERT_NO_THROW(harness.run()) << "operation " << operation;
    for (const std::string sink : {"out", "kept", "filed"})
      ASSERT_EQ(folder.lines(sink), folder_.lines(sink)) << sink << ", operation " << operation;
  }
}

}  // namespace
}  // namespace millrace

// What is made of the deaths of earlier processes: command_line.crashing_record has them die.
#include <algorithm>
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

const SourceRange range{"0", 0, 100'000, "events.jsonl"};

CrashNote died_at(uint64_t first, uint64_t count, uint64_t epoch = 7) {
  return {11, epoch, "fragile", "process", {"events", "0", "events.jsonl", 0, first, count}};
}
CrashNote died_somewhere(uint64_t epoch = 7) { return {6, epoch, "fragile", "process", {}}; }

uint64_t piece(const CrashSuspects& suspects, uint64_t row) {
  return suspects.next(7, "events", range, row).count;
}

TEST(CrashSuspects, AreTakenInThousandthsAndTheRestAtOnce) {
  const CrashSuspects suspects({died_at(5'000, 60'000)}, 3);
  EXPECT_TRUE(suspects.concern(7));
  EXPECT_FALSE(suspects.concern(8));
  EXPECT_EQ(piece(suspects, 0), 5'000U);
  EXPECT_EQ(piece(suspects, 5'000), 60U);
  EXPECT_EQ(piece(suspects, 64'990), 10U);
  EXPECT_GT(piece(suspects, 65'000), 1'000'000'000U);
}

TEST(CrashSuspects, StandAloneAfterThreeDeathsHoweverManyTheyAre) {
  std::vector<CrashNote> notes{died_somewhere()};
  for (const uint64_t culprit : {0U, 1U, 999U, 64'999U, 99'999U}) {
    notes.resize(1);
    while (notes.size() < 3) {
      const CrashSuspects suspects(notes, 3);
      uint64_t row = 0;
      while (row + piece(suspects, row) <= culprit) row += piece(suspects, row);
      notes.push_back(died_at(row, piece(suspects, row)));
    }
    const CrashSuspects suspects(notes, 3);
    EXPECT_THAT(suspects.next(7, "events", range, culprit).reason.value_or(""),
                HasSubstr("3 processes died of it, the last of SIGSEGV in `process` of `fragile`"));
    EXPECT_EQ(suspects.set_aside(7, "events", range).count(culprit), 1U);
  }
}

TEST(CrashSuspects, AreNotSetAsideBeforeTheLimitNorForAnotherEpochsDeaths) {
  const std::vector<CrashNote> notes{died_at(0, 1'000), died_at(12, 1), died_at(12, 1, 6),
                                     died_at(13, 1)};
  EXPECT_THAT(CrashSuspects(notes, 3).set_aside(7, "events", range), IsEmpty());
  EXPECT_THAT(CrashSuspects(notes, 2).set_aside(7, "events", range), testing::SizeIs(2));
}

TEST(CrashSuspects, AreOnlyThoseOfTheirPartitionFromTheSameStart) {
  const CrashSuspects suspects({died_at(12, 1), died_at(12, 1), died_at(12, 1)}, 3);
  for (const auto& other : {SourceRange{"1", 0, 100, "events.jsonl"},
                            SourceRange{"0", 5, 100, "events.jsonl"}, SourceRange{"0", 0, 100, ""}})
    EXPECT_THAT(suspects.set_aside(7, "events", other), IsEmpty());
  EXPECT_THAT(suspects.set_aside(7, "others", range), IsEmpty());
}

// Whole pipelines -------------------------------------------------------------------------------

constexpr int files = 2;
constexpr int rows_per_file = 12;

std::string value(int file, int row) { return std::to_string(100 * file + row); }

std::string job(const TestFolder& folder, const std::string& on_error) {
  return R"(name = "job"
checkpoint = "/checkpoint"
trigger = "available_now"
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" +
         folder.path("in").string() + R"("
format = "json"
schema = { value = "long", key = "string" }
on_error = ")" +
         on_error + R"toml("
[transforms.counts]
type = "aggregate"
inputs = ["events"]
group_by = ["key"]
aggregates = { n = "count(*)", total = "sum(value)" }
[sinks.rows]
type = "file"
inputs = ["events"]
path = ")toml" +
         folder.path("rows").string() + R"("
[sinks.totals]
type = "file"
inputs = ["counts"]
output_mode = "complete"
path = ")" +
         folder.path("totals").string() + "\"\n";
}

std::string letters(const TestFolder& folder) {
  return "[sinks.letters]\ntype = \"file\"\ninputs = [\"events.dead_letter\"]\npath = \"" +
         folder.path("letters").string() + "\"\n";
}

class EpochInPieces : public testing::Test {
 protected:
  EpochInPieces() {
    for (int file = 0; file < files; ++file) {
      std::string text;
      for (int row = 0; row < rows_per_file; ++row)
        text +=
            R"({"value":)" + value(file, row) + R"(,"key":"k)" + std::to_string(row % 3) + "\"}\n";
      folder_.write("in/" + std::to_string(file) + ".jsonl", text);
    }
  }
  // One record of the file was alone in so many deaths.
  static CrashSuspects deaths(uint64_t count, uint64_t row, size_t number) {
    CrashNote note{11, 0, "fragile", "process", {"events", "0", "1.jsonl", 0, row, count}};
    return {std::vector<CrashNote>(number, note), 3};
  }

  TestFolder folder_;
};

TEST_F(EpochInPieces, GivesTheSameResults) {
  const TestFolder whole;
  std::filesystem::copy(folder_.path("in"), whole.path("in"));
  PipelineHarness at_once(job(whole, "fail"));
  at_once.run();
  for (const auto& suspects :
       {deaths(rows_per_file, 0, 1), CrashSuspects({died_somewhere(0)}, 3), deaths(3, 5, 2)}) {
    std::filesystem::remove_all(folder_.path("rows"));
    std::filesystem::remove_all(folder_.path("totals"));
    PipelineHarness harness(job(folder_, "fail"));
    harness.suspect(suspects);
    harness.run();
    EXPECT_EQ(folder_.lines("rows"), whole.lines("rows"));
    EXPECT_EQ(folder_.lines("totals"), whole.lines("totals"));
  }
}

TEST_F(EpochInPieces, GivesASetAsideRecordToTheDeadLetters) {
  PipelineHarness harness(job(folder_, "dead_letter") + letters(folder_));
  harness.suspect(deaths(1, 5, 3));
  harness.run();
  EXPECT_EQ(folder_.lines("rows").size(), static_cast<size_t>(files * rows_per_file - 1));
  EXPECT_THAT(folder_.lines("letters"),
              ElementsAre(AllOf(HasSubstr("3 processes died of it"), HasSubstr("1.jsonl"),
                                HasSubstr(R"({\"value\":105,)"))));
}

TEST_F(EpochInPieces, DropsASetAsideRecordAndCountsIt) {
  PipelineHarness harness(job(folder_, "drop"));
  harness.suspect(deaths(1, 0, 3));
  harness.run();
  EXPECT_EQ(folder_.lines("rows").size(), static_cast<size_t>(files * rows_per_file - 1));
  EXPECT_THAT(harness.metrics(),
              testing::ContainsRegex("discarded_records_total[^}]*\"decode_error\"[^}]*} 1\n"));
}

TEST_F(EpochInPieces, StopsAtASetAsideRecordByDefaultAndNamesIt) {
  PipelineHarness harness(job(folder_, "fail"));
  harness.suspect(deaths(1, 11, 3));
  const auto failure = failure_of([&] { harness.run(); });
  EXPECT_THAT(failure,
              AllOf(HasSubstr("source `events` (type `file`): a record crashes a plugin"),
                    HasSubstr("1.jsonl"), HasSubstr(R"(\"value\":111)"), HasSubstr("on_error")));
  EXPECT_THAT(folder_.lines("rows"), IsEmpty());
}

// A sink that gets its rows once they are decided.
TEST_F(EpochInPieces, LeavesOutTheRowOfAnOutboxThatProcessesDiedOf) {
  const auto toml = [&](const std::string& on_error) {
    auto text = job(folder_, "fail");
    return text + "[sinks.out]\ntype = \"trial_idempotent\"\ninputs = [\"events\"]\npath = \"" +
           folder_.path("out").string() + "\"\ndelivery = \"exactly_once\"\non_error = \"" +
           on_error + "\"\n";
  };
  const CrashNote note{11, 0, "out", "write", {"out", "1", "", 0, 5, 1}};
  PipelineHarness harness(toml("fail"));
  harness.suspect({{note, note, note}, 3});
  const auto failure = failure_of([&] { harness.run(); });
  EXPECT_THAT(failure, AllOf(HasSubstr("a row crashes a plugin: 3 processes died of it"),
                             HasSubstr(R"(row {"value":105,)")));
  harness.set_pipeline(toml("drop"));
  harness.run();
  EXPECT_EQ(folder_.lines("out").size(), static_cast<size_t>(files * rows_per_file - 1));
}

}  // namespace
}  // namespace millrace

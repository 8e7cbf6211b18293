// Sinks that get an epoch once it is decided.
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
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;

constexpr int files = 4;
constexpr int rows_per_file = 5;

void write_events(const TestFolder& folder) {
  for (int file = 0; file < files; ++file) {
    std::string text;
    for (int row = 0; row < rows_per_file; ++row)
      text += R"({"key":"k)" + std::to_string(row % 2) + R"(","value":)" +
              std::to_string(10 * file + row) + "}\n";
    folder.write("in/" + std::to_string(file) + ".jsonl", text);
  }
}

std::string source(const TestFolder& folder, const std::string& trigger = "\"available_now\"") {
  return "name = \"job\"\ntrigger = " + trigger + R"(
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" +
         folder.path("in").string() + R"("
max_files_per_trigger = 1
format = "json"
schema = { key = "string", value = "long" }
)";
}

// Rows as they come, and running counts; both kept until their epoch is decided.
std::string job(const TestFolder& folder, const std::string& more = "",
                const std::string& trigger = "\"available_now\"") {
  return "checkpoint = \"/checkpoint\"\nshards = 2\n" + source(folder, trigger) + R"(
[transforms.counts]
type = "aggregate"
inputs = ["events"]
group_by = ["key"]
aggregates = { n = 'count(*)' }
[sinks.rows]
type = "trial_idempotent"
delivery = "exactly_once"
inputs = ["events"]
path = ")" +
         folder.path("rows").string() + "\"\n" + more + R"(
[sinks.running]
type = "trial_idempotent"
delivery = "exactly_once"
inputs = ["counts"]
output_mode = "update"
path = ")" +
         folder.path("running").string() + "\"\n";
}

std::vector<std::string> journal(const TestFolder& folder, const std::string& sink) {
  std::vector<std::string> lines;
  std::ifstream file(folder.path(sink + "/journal.txt"));
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(Outbox, GivesASinkEachEpochOnceItIsDecided) {
  const TestFolder folder;
  write_events(folder);
  PipelineHarness harness(job(folder));
  const auto progress = harness.run();
  EXPECT_THAT(folder.lines("rows"), SizeIs(files * rows_per_file));
  EXPECT_THAT(journal(folder, "rows"),
              ElementsAre("open 0 0", "close 0 0", "open 0 1", "close 0 1", "open 0 2", "close 0 2",
                          "open 0 3", "close 0 3"));
  EXPECT_THAT(progress, HasSubstr(R"("numOutputRows":5)"));
  EXPECT_THAT(harness.files().list("/checkpoint/outbox"), SizeIs(1));
  harness.run();
  EXPECT_THAT(journal(folder, "rows"), SizeIs(2 * files)) << "nothing is left to be given again";
}

// One sink with rows of every type, which it gets at once or once they are decided.
std::string every_type(const TestFolder& folder, const std::string& delivery) {
  return "checkpoint = \"/" + delivery + R"("
name = "job"
trigger = "available_now"
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" +
         folder.path("in").string() + R"("
format = "json"
[sources.events.schema]
b = "boolean"
i = "int"
l = "long"
d = "double"
s = "string"
t = "timestamp"
c = 'decimal(10,2)'
a = "array<long>"
o = "struct<x: string>"
[sinks.rows]
type = "trial_idempotent"
inputs = ["events"]
delivery = ")" +
         delivery + "\"\npath = \"" + folder.path(delivery).string() + "\"\n";
}

TEST(Outbox, GivesRowsOfEveryTypeAsTheyWere) {
  const TestFolder folder;
  folder.write("in/0.jsonl",
               R"({"b":true,"i":-3,"l":1,"d":0.5,"s":"ä","t":"2024-01-01T00:00:00Z","c":1.25,)"
               R"("a":[1,2],"o":{"x":"y"}})"
               "\n{}\n"
               R"({"b":false,"s":"","a":[],"o":{}})"
               "\n");
  PipelineHarness(every_type(folder, "at_least_once")).run();
  PipelineHarness(every_type(folder, "exactly_once")).run();
  EXPECT_THAT(folder.lines("at_least_once"), SizeIs(3));
  EXPECT_EQ(folder.lines("exactly_once"), folder.lines("at_least_once"));
}

TEST(Outbox, GivesTheSameRowsAgainWhereverThePowerGoes) {
  const TestFolder undisturbed;
  write_events(undisturbed);
  PipelineHarness whole(job(undisturbed));
  whole.run();
  const auto operations = whole.files().operations();
  ASSERT_GT(operations, 40U);
  for (uint64_t operation = 0; operation < operations; ++operation) {
    const TestFolder folder;
    write_events(folder);
    PipelineHarness harness(job(folder, "again = true\n"));
    harness.files().lose_power_at_operation(operation);
    try {
      harness.run();
    } catch (const PowerLost&) {
    } catch (const Error&) {
      // A plugin was between the disk and the engine.
    }
    Rng survivors(operation);
    harness.files().power_loss(operation % 3 == 0 ? nullptr : &survivors);
    ASSERT_NO_THROW(harness.run()) << "operation " << operation;
    ASSERT_EQ(folder.lines("rows"), undisturbed.lines("rows")) << "operation " << operation;
    ASSERT_EQ(folder.lines("running"), undisturbed.lines("running")) << "operation " << operation;
  }
}

TEST(Outbox, RepeatsWhatFailedAtTheNextStart) {
  const TestFolder folder;
  write_events(folder);
  PipelineHarness harness(job(folder, "failures = 1\nretry = { attempts = 1 }\n"));
  EXPECT_THAT(failure_of([&] { harness.run(); }), HasSubstr("no answer"));
  EXPECT_THAT(journal(folder, "rows"), ElementsAre("open 0 0", "give_up 0 0"));
  harness.run();
  EXPECT_THAT(folder.lines("rows"), SizeIs(files * rows_per_file));
  EXPECT_THAT(journal(folder, "rows"), SizeIs(2 + 2 * files));
}

TEST(Outbox, WaitsForTheCutOfAContinuousEpoch) {
  const TestFolder folder;
  write_events(folder);
  PipelineHarness harness(job(folder, "", "{ continuous = \"1 second\" }"), 2);
  harness.run(10'000'000);
  EXPECT_THAT(folder.lines("rows"), SizeIs(files * rows_per_file));
  EXPECT_THAT(journal(folder, "rows"), IsSupersetOf({"open 0 0", "close 0 0"}));
  for (const auto& line : journal(folder, "rows")) EXPECT_THAT(line, Not(HasSubstr("give_up")));
}

class ChangedPipeline : public testing::Test {
 protected:
  ChangedPipeline() : harness_(job(folder_, "failures = 1\nretry = { attempts = 1 }\n")) {
    write_events(folder_);
    failure_of([&] { harness_.run(); });
  }
  std::string refusal(const std::string& toml) {
    harness_.set_pipeline(toml);
    return failure_of([&] { harness_.run(); });
  }
  std::string changed(const std::string& from, const std::string& to) const {
    auto toml = job(folder_);
    toml.replace(toml.find(from), from.size(), to);
    return toml;
  }

  TestFolder folder_;
  PipelineHarness harness_;
};

TEST_F(ChangedPipeline, IsRefusedWithoutTheSinkThatWaits) {
  EXPECT_THAT(refusal(changed("sinks.rows", "sinks.others")),
              AllOf(HasSubstr("epoch 0 is committed, and 5 rows of it for the sink `rows` may not "
                              "have arrived, but the pipeline has no sink of that name any more"),
                    HasSubstr("Run the pipeline once as it was")));
  EXPECT_THAT(folder_.lines("rows"), IsEmpty());
}

TEST_F(ChangedPipeline, IsRefusedWithOtherColumns) {
  EXPECT_THAT(refusal(changed("value = \"long\"", "value = \"double\"")),
              HasSubstr("they are of other columns: struct<key: string, value: long>, not "
                        "struct<key: string, value: double>"));
}

TEST_F(ChangedPipeline, IsRefusedWhereTheSinkTakesPartInTheDecisionNow) {
  EXPECT_THAT(refusal(changed("trial_idempotent", "file")),
              HasSubstr("that sink takes part in the decision now"));
}

TEST_F(ChangedPipeline, DeliversBeforeASinkGoesBackToAtLeastOnce) {
  harness_.set_pipeline(changed("exactly_once", "at_least_once"));
  harness_.run();
  EXPECT_THAT(folder_.lines("rows"), SizeIs(files * rows_per_file));
}

}  // namespace
}  // namespace millrace

// Joins of two streams as whole pipelines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "join_job.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kinds[] = {"inner", "full_outer", "left_semi"};

std::multiset<std::string> result_of(const JoinJob& job, size_t threads) {
  const TestFolder folder;
  write_views_and_clicks(folder);
  PipelineHarness(job.text(folder), threads).run();
  return folder.lines("out");
}

TEST(Join, GivesTheSameRowsForAnyNumberOfThreadsAndShards) {
  for (const auto* kind : kinds) {
    JoinJob job;
    job.kind = kind;
    job.shards = 1;
    const auto expected = result_of(job, 1);
    EXPECT_GT(expected.size(), 20U) << kind;
    for (const auto& [threads, shards] : {std::pair(1, 16), {4, 5}}) {
      job.shards = shards;
      EXPECT_EQ(result_of(job, static_cast<size_t>(threads)), expected)
          << kind << ", " << threads << " threads, " << shards << " shards";
    }
  }
}

TEST(Join, LosesAndRepeatsNothingWhenPowerFailsAtAnyOperationOfTheCheckpoint) {
  for (const auto* kind : {"full_outer", "left_semi"}) {
    JoinJob job;
    job.kind = kind;
    job.top = "checkpoint = \"/checkpoint\"\n";
    const TestFolder calm;
    write_views_and_clicks(calm);
    PipelineHarness undisturbed(job.text(calm));
    undisturbed.run();
    const auto operations = undisturbed.files().operations();
    for (uint64_t at = 3; at < operations; at += 83) {
      const TestFolder folder;
      write_views_and_clicks(folder);
      PipelineHarness harness(job.text(folder));
      harness.files().lose_power_at_operation(at);
      EXPECT_ANY_THROW(harness.run()) << "operation " << at;
      harness.files().power_loss();
      harness.run();
      EXPECT_EQ(folder.lines("out"), calm.lines("out")) << kind << ", operation " << at;
    }
  }
}

TEST(Join, RemembersOverARestartWhatHasMatched) {
  const TestFolder folder;
  JoinJob job;
  job.kind = "left_outer";
  job.top = "checkpoint = \"/checkpoint\"\n";
  folder.write("views/1.jsonl", view_of("a", 0, 1) + view_of("b", 0, 2));
  folder.write("clicks/1.jsonl", click_of("x", 0, 1));
  PipelineHarness harness(job.text(folder));
  harness.run();
  folder.write("clicks/2.jsonl", click_of("a", 5, 7));
  folder.write("views/2.jsonl", view_of("x", 5, 7));
  harness.run();
  folder.write("views/3.jsonl", view_of("x", 100, 3));
  folder.write("clicks/3.jsonl", click_of("x", 100, 3));
  harness.run();
  std::multiset<std::string> of_a_and_b;
  for (const auto& line : folder.lines("out"))
    if (line.find(R"("ad":"x")") == std::string::npos) of_a_and_b.insert(line);
  ASSERT_EQ(of_a_and_b.size(), 2U);
  EXPECT_THAT(*of_a_and_b.begin(), HasSubstr(R"("bid":7)"));
  EXPECT_THAT(*of_a_and_b.rbegin(), HasSubstr(R"("clicked":null)"));
}

TEST(Join, RefusesTheRowsOfAnotherJoin) {
  const TestFolder folder;
  write_views_and_clicks(folder);
  JoinJob job;
  job.top = "checkpoint = \"/checkpoint\"\n";
  PipelineHarness first(job.text(folder));
  first.run();
  job.on = "ad = clicked AND price = bid AND time >= at AND time <= at + interval '10 seconds'";
  try {
    first.set_pipeline(job.text(folder));
    first.run();
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the checkpoint holds rows of another join"));
    EXPECT_THAT(error.what(), HasSubstr("start with a new `checkpoint` directory"));
  }
}

TEST(Join, PutsOutAKeyOfTheSameNameOnce) {
  const TestFolder folder;
  folder.write("views/1.jsonl", view_of("a", 0, 1) + view_of("b", 0, 2));
  folder.write("clicks/1.jsonl", click_of("b", 1, 3) + click_of("c", 1, 4));
  folder.write("views/2.jsonl", view_of("z", 100, 1));
  folder.write("clicks/2.jsonl", click_of("z", 200, 1));
  JoinJob job;
  job.kind = "full_outer";
  job.on = "left.ad = right.ad AND time >= at AND time <= at + interval '10 seconds'";
  job.inputs = "\"views\", \"renamed\"";
  auto text = job.text(folder);
  text +=
      "[transforms.renamed]\ntype = \"select\"\ninputs = [\"clicks\"]\n"
      "columns = { ad = \"clicked\", time = \"time\" }\n";
  PipelineHarness(text).run();
  std::set<std::string> ads;
  for (const auto& line : folder.lines("out")) {
    EXPECT_THAT(line, Not(HasSubstr("clicked")));
    ads.insert(line.substr(0, line.find(',')));
  }
  EXPECT_THAT(ads, testing::IsSupersetOf({R"({"ad":"a")", R"({"ad":"b")", R"({"ad":"c")"}));
}

TEST(Join, BothEventTimesBehindAJoinCloseWindows) {
  const std::string window =
      "type = \"tumbling_window\"\nsize = \"10 seconds\"\naggregates = { n = \"count(*)\" }\n";
  const auto counted = [&](const std::string& transforms) {
    const TestFolder folder;
    folder.write("views/1.jsonl", view_of("a", 0, 1) + view_of("a", 8, 2));
    folder.write("clicks/1.jsonl", click_of("a", 9, 3) + click_of("a", 12, 4));
    folder.write("views/2.jsonl", view_of("z", 200, 1));
    folder.write("clicks/2.jsonl", click_of("z", 200, 1));
    auto text = JoinJob{}.text(folder);
    text.replace(text.find("[\"joined\"]"), 10, "[\"counts\"]");
    PipelineHarness(text + transforms).run();
    return folder.lines("out");
  };
  const auto by_left =
      counted("[transforms.counts]\ninputs = [\"joined\"]\ntime = \"at\"\n" + window);
  EXPECT_THAT(by_left, testing::ElementsAre(HasSubstr("\"n\":3")));
  const auto by_right =
      counted("[transforms.counts]\ninputs = [\"joined\"]\ntime = \"time\"\n" + window);
  EXPECT_THAT(by_right, testing::UnorderedElementsAre(HasSubstr("\"n\":2"), HasSubstr("\"n\":1")));
  EXPECT_EQ(counted("[transforms.clicked]\ntype = \"select\"\ninputs = [\"joined\"]\n"
                    "columns = [\"time\"]\n[transforms.counts]\ninputs = [\"clicked\"]\n" +
                    window),
            by_right);
}

// ---- what is refused, and what it says

TEST(JoinRefusals, AnOuterJoinNeedsAWatermarkOnTheSideThatMayBeMissing) {
  JoinJob job;
  job.kind = "left_outer";
  job.clicks_watermark = "";
  const auto complaint = job.complaint();
  EXPECT_THAT(complaint, HasSubstr("the right input has no watermark to tell when that is"));
  EXPECT_THAT(complaint, HasSubstr("test.toml:"));
  EXPECT_THAT(complaint, HasSubstr("on = \"ad = clicked"));
  EXPECT_THAT(complaint, HasSubstr("or use kind = \"inner\""));
  job.views_watermark = "";
  job.clicks_watermark = JoinJob().clicks_watermark;
  EXPECT_THAT(job.complaint(), IsEmpty());
}

TEST(JoinRefusals, AnOuterJoinNeedsBoundedEventTimes) {
  JoinJob job;
  job.on = "ad = clicked";
  for (const auto* kind : {"left_outer", "right_outer", "full_outer"}) {
    job.kind = kind;
    EXPECT_THAT(job.complaint(), HasSubstr("does not bound the event times")) << kind;
  }
  job.kind = "left_semi";
  EXPECT_THAT(job.complaint(), HasSubstr("left_semi keeps every row of the left input"));
  job.kind = "left_outer";
  job.on = "ad = clicked AND at = time";
  EXPECT_THAT(job.complaint(), IsEmpty());
}

TEST(JoinRefusals, ABoundOnTheOtherSideDoesNotEndTheWaiting) {
  JoinJob job;
  job.kind = "left_outer";
  job.on = "ad = clicked AND time >= at";
  EXPECT_THAT(job.complaint(), HasSubstr("does not bound the event times"));
  job.kind = "right_outer";
  EXPECT_THAT(job.complaint(), IsEmpty());
}

TEST(JoinRefusals, AnAntiJoinNeedsATable) {
  JoinJob job;
  job.kind = "left_anti";
  EXPECT_THAT(job.complaint(), HasSubstr("left_anti needs a table as its right input"));
  EXPECT_THAT(job.complaint(), HasSubstr("where = \"right_column IS NULL\""));
}

TEST(JoinRefusals, AJoinOfStreamsNeedsAnEquality) {
  JoinJob job;
  job.on = "time >= at AND time <= at + interval '10 seconds'";
  EXPECT_THAT(job.complaint(), HasSubstr("needs an equality"));
}

TEST(JoinRefusals, AJoinOfStreamsIsForAppendOnly) {
  JoinJob job;
  job.output_mode = "update";
  EXPECT_THAT(job.complaint(), HasSubstr("puts out each row once and never changes it"));
  job.output_mode = "complete";
  EXPECT_THAT(job.complaint(), HasSubstr("keeps no result that could come out whole"));
}

TEST(JoinRefusals, AJoinHasTwoInputs) {
  JoinJob job;
  job.inputs = "\"views\", \"clicks\", \"more\"";
  const TestFolder folder;
  const auto text =
      job.text(folder) + "[transforms.more]\ntype = \"select\"\ninputs = [\"clicks\"]\n";
  try {
    PipelineHarness(text).run();
    FAIL() << "not refused";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("needs two inputs and has 3"));
  }
}

TEST(JoinRefusals, AJoinHasNoLateOutput) {
  JoinJob job;
  const TestFolder folder;
  const auto text =
      job.text(folder) + "[sinks.late]\ntype = \"blackhole\"\ninputs = [\"joined.late\"]\n";
  try {
    PipelineHarness(text).run();
    FAIL() << "not refused";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("has no output `late`"));
  }
}

TEST(JoinRefusals, ColumnsOfOneNameNeedAnother) {
  JoinJob job;
  const TestFolder folder;
  job.inputs = "\"views\", \"renamed\"";
  job.on = "ad = clicked AND time >= at AND time <= at + interval '10 seconds'";
  const auto text = job.text(folder) +
                    "[transforms.renamed]\ntype = \"select\"\ninputs = [\"clicks\"]\n"
                    "columns = { clicked = \"clicked\", time = \"time\", price = \"bid\" }\n";
  try {
    PipelineHarness(text).run();
    FAIL() << "not refused";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("both inputs have a column `price`; rename one"));
  }
}

TEST(JoinRefusals, AMistakeInTheConditionIsShownInsideIt) {
  JoinJob job;
  job.on = "ad = clikced AND time >= at";
  const auto complaint = job.complaint();
  EXPECT_THAT(complaint, HasSubstr("unknown column `clikced`"));
  EXPECT_THAT(complaint, HasSubstr("did you mean `clicked`?"));
  EXPECT_THAT(complaint, HasSubstr("^^^^^^^"));
}

}  // namespace
}  // namespace millrace

// Joins of a stream with a table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "join_job.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct TableJob {
  std::string kind = "inner";
  std::string on = "ad = id";
  std::string inputs = "\"views\", \"ads\"";
  std::string top = {};
  std::string table = {};  ///< more keys of the table
  std::string output_mode = "append";

  std::string text(const TestFolder& folder) const {
    return "name = \"job\"\ntrigger = \"available_now\"\n" + top +
           "[observability]\nlisten = \"off\"\n[sources.views]\ntype = \"file\"\npath = \"" +
           folder.path("views").string() +
           "\"\nmax_files_per_trigger = 1\nformat = \"json\"\n"
           "schema = { ad = \"string\", price = \"long\" }\n"
           "[tables.ads]\ntype = \"file\"\npath = \"" +
           folder.path("ads.jsonl").string() +
           "\"\nformat = \"json\"\nschema = { id = \"string\", owner = \"string\", least = "
           "\"long\" }\n" +
           table + "[transforms.joined]\ntype = \"join\"\ninputs = [" + inputs + "]\nkind = \"" +
           kind + "\"\non = \"" + on +
           "\"\n[sinks.result]\ntype = \"file\"\ninputs = [\"joined\"]\noutput_mode = \"" +
           output_mode + "\"\npath = \"" + folder.path("out").string() + "\"\n";
  }
};

std::string row_of(const std::string& ad, int price) {
  return R"({"ad":")" + ad + R"(","price":)" + std::to_string(price) + "}\n";
}

std::string ad_of(const std::string& id, const std::string& owner, int least) {
  return R"({"id":")" + id + R"(","owner":")" + owner + R"(","least":)" + std::to_string(least) +
         "}\n";
}

void write_ads_and_views(const TestFolder& folder) {
  folder.write("ads.jsonl", ad_of("a", "ann", 1) + ad_of("a", "alf", 5) + ad_of("b", "bob", 1));
  folder.write("views/1.jsonl", row_of("a", 3) + row_of("c", 4) +
                                    R"({"ad":null,"price":1})"
                                    "\n");
}

std::multiset<std::string> result_of(const TableJob& job) {
  const TestFolder folder;
  write_ads_and_views(folder);
  PipelineHarness(job.text(folder)).run();
  return folder.lines("out");
}

std::string complaint_of(const TableJob& job) {
  const TestFolder folder;
  write_ads_and_views(folder);
  try {
    PipelineHarness(job.text(folder)).run();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(TableJoin, PutsOutWhatItsKindSays) {
  TableJob job;
  const std::string ann = R"({"ad":"a","price":3,"id":"a","owner":"ann","least":1})";
  const std::string alf = R"({"ad":"a","price":3,"id":"a","owner":"alf","least":5})";
  EXPECT_THAT(result_of(job), ElementsAre(alf, ann));
  job.kind = "left_outer";
  EXPECT_THAT(result_of(job),
              ElementsAre(alf, ann, R"({"ad":"c","price":4,"id":null,"owner":null,"least":null})",
                          R"({"ad":null,"price":1,"id":null,"owner":null,"least":null})"));
  job.kind = "left_semi";
  EXPECT_THAT(result_of(job), ElementsAre(R"({"ad":"a","price":3})"));
  job.kind = "left_anti";
  EXPECT_THAT(result_of(job), ElementsAre(R"({"ad":"c","price":4})", R"({"ad":null,"price":1})"));
}

TEST(TableJoin, EvaluatesTheRestOfTheCondition) {
  TableJob job;
  job.on = "ad = id AND price >= least";
  EXPECT_THAT(result_of(job),
              ElementsAre(R"({"ad":"a","price":3,"id":"a","owner":"ann","least":1})"));
  job.on = "price < least";
  EXPECT_THAT(result_of(job).size(), 3U);
}

TEST(TableJoin, ServesEveryOutputModeThatItsStreamDoes) {
  TableJob job;
  job.output_mode = "update";
  EXPECT_THAT(complaint_of(job), IsEmpty());
}

TEST(TableJoin, ReadsTheTableAgainWhenItHasChanged) {
  const TestFolder folder;
  write_ads_and_views(folder);
  TableJob job;
  job.top = "checkpoint = \"/checkpoint\"\n";
  PipelineHarness harness(job.text(folder));
  harness.run();
  folder.write("ads.jsonl", ad_of("c", "cat", 1));
  folder.write("views/2.jsonl", row_of("c", 9));
  harness.run();
  EXPECT_THAT(folder.lines("out"),
              testing::Contains(R"({"ad":"c","price":9,"id":"c","owner":"cat","least":1})"));
}

TEST(TableJoinRefusals, NameTheReasonAndAWayOut) {
  TableJob job;
  for (const auto* kind : {"right_outer", "full_outer"}) {
    job.kind = kind;
    EXPECT_THAT(complaint_of(job), HasSubstr("the right input is a table")) << kind;
  }
  job.kind = "inner";
  job.inputs = "\"ads\", \"views\"";
  EXPECT_THAT(complaint_of(job), HasSubstr("a table can only be the right input"));
}

TEST(TableJoinRefusals, ATableIsNoStream) {
  TableJob job;
  const TestFolder folder;
  const auto text =
      job.text(folder) + "[sinks.ads_too]\ntype = \"blackhole\"\ninputs = [\"ads\"]\n";
  try {
    PipelineHarness(text).run();
    FAIL() << "not refused";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot read a table"));
    EXPECT_THAT(error.what(), HasSubstr("join a stream with it"));
  }
}

TEST(TableJoinRefusals, ATableHasItsKeysCheckedAsOtherComponents) {
  TableJob job;
  job.table = "shcema = 1\nwatermark = { column = \"id\", delay = \"1 second\" }\n";
  const auto complaint = complaint_of(job);
  EXPECT_THAT(complaint, HasSubstr("unknown key `shcema` in table `ads`"));
  EXPECT_THAT(complaint, HasSubstr("did you mean `schema`?"));
  EXPECT_THAT(complaint, HasSubstr("unknown key `watermark` in table `ads`"));
}

TEST(TableJoinRefusals, AMissingFileStopsTheStart) {
  const TestFolder folder;
  folder.write("views/1.jsonl", row_of("a", 3));
  try {
    PipelineHarness(TableJob().text(folder)).run();
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("ads.jsonl"));
  }
}

TEST(TableJoin, TellsInWhichFileOfATableABadRecordIs) {
  const TestFolder folder;
  folder.write("views/1.jsonl", row_of("a", 3));
  folder.write("ads.jsonl/1.jsonl", ad_of("a", "ann", 1) + ad_of("b", "bob", 1));
  folder.write("ads.jsonl/2.jsonl", ad_of("c", "cid", 1) + "not json\n");
  try {
    PipelineHarness(TableJob{}.text(folder)).run();
    FAIL() << "the record was accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("2.jsonl\",\"line\":2"));
    EXPECT_THAT(error.what(), Not(HasSubstr("on_error")));  // tables have none
  }
}

}  // namespace
}  // namespace millrace

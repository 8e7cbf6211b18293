// memory_limit, with a process whose memory is what the test says.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline_harness.hpp"

namespace millrace {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr uint64_t mib = 1U << 20U;

// Holds `base`, and while an epoch runs as much more as the next number of `epochs` says.
class SaidMemory final : public ProcessMemory {
 public:
  uint64_t resident() override { return released ? base : base + retained; }
  uint64_t take_peak() override {
    // Asked once before an epoch, and once after it.
    begun = !begun;
    if (begun || at == epochs.size()) return resident();
    return resident() + epochs[at++];
  }
  void release() override { released = true; }

  uint64_t base = 40 * mib;
  uint64_t retained = 0;
  std::vector<uint64_t> epochs;
  bool released = false;

 private:
  size_t at = 0;
  bool begun = false;
};

constexpr int line_bytes = 64;
constexpr int lines = 32'768;  // 2 MiB

class MemoryLimit : public testing::Test {
 protected:
  MemoryLimit() {
    std::string text;
    for (int line = 0; line < lines; ++line) {
      auto row = R"({"value":)" + std::to_string(line) + R"(,"key":")";
      row += std::string(line_bytes - 3 - row.size(), 'k') + "\"}\n";
      text += row;
    }
    folder_.write("in.jsonl", text);
  }
  std::string job(const std::string& trigger = "\"available_now\"") const {
    return "name = \"job\"\ncheckpoint = \"/checkpoint\"\nmemory_limit = \"100 MiB\"\ntrigger = " +
           trigger + R"(
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" +
           folder_.path("in.jsonl").string() + R"toml("
format = "json"
schema = { value = "long", key = "string" }
[transforms.counts]
type = "aggregate"
inputs = ["events"]
group_by = ["key"]
aggregates = { n = "count(*)" }
[sinks.rows]
type = "blackhole"
inputs = ["counts"]
output_mode = "update"
)toml";
  }
  // How many records each epoch took.
  static std::vector<int64_t> taken(const std::string& progress) {
    std::vector<int64_t> rows;
    std::istringstream text(progress);
    for (std::string line; std::getline(text, line);)
      rows.push_back(nlohmann::json::parse(line)["numInputRows"]);
    return rows;
  }

  TestFolder folder_;
  SaidMemory memory_;
};

TEST_F(MemoryLimit, LetsEpochsGrowWhileThereIsRoomAndShrinkAfterOneThatCameNearIt) {
  // 70 MiB are the aim, and 40 are there: what takes 60 may take half.
  memory_.epochs = {mib, 2 * mib, 60 * mib, 30 * mib, mib};
  PipelineHarness harness(job());
  harness.measure(memory_);
  const auto progress = taken(harness.run());
  EXPECT_THAT(std::vector(progress.begin(), progress.begin() + 6),
              ElementsAre(1024, 1536, 2304, 1152, 1152, 1728));
  int64_t all = 0;
  for (const auto rows : progress) all += rows;
  EXPECT_EQ(all, lines);
  EXPECT_THAT(harness.metrics(),
              AllOf(HasSubstr("millrace_memory_limit_bytes{pipeline=\"job\"} 104857600\n"),
                    testing::ContainsRegex("millrace_memory_peak_bytes[^}]*} 41943040\n"),
                    testing::ContainsRegex("millrace_source_limit[^}]*\"events\"[^}]*} 839808\n")));
}

TEST_F(MemoryLimit, GivesBackWhatWasFreedBeforeItCounts) {
  memory_.retained = 30 * mib;
  PipelineHarness harness(job());
  harness.measure(memory_);
  harness.run();
  EXPECT_TRUE(memory_.released);
}

TEST_F(MemoryLimit, NamesTheLargestStateWhereThatAloneIsOverIt) {
  memory_.base = 120 * mib;
  PipelineHarness harness(job());
  harness.measure(memory_);
  std::string failure;
  try {
    harness.run();
  } catch (const Error& error) {
    failure = error.what();
    EXPECT_EQ(error.blame, Blame::user);
  }
  EXPECT_THAT(failure, AllOf(HasSubstr("memory_limit = 100 MiB is not enough: the process holds "
                                       "120 MiB between two epochs"),
                             HasSubstr("the largest state, that of `counts`, is"),
                             HasSubstr("state_store = \"rocksdb\"")));
}

TEST_F(MemoryLimit, CutsAContinuousEpochWhereMemoryRunsShort) {
  memory_.base = 80 * mib;
  PipelineHarness harness(job("{ continuous = \"1 hour\" }"));
  harness.measure(memory_);
  const auto progress = taken(harness.run(1'000'000));
  ASSERT_GE(progress.size(), 2U);
  EXPECT_LE(*std::max_element(progress.begin(), progress.end()), 1024);
}

TEST_F(MemoryLimit, IsNothingToAProcessWithoutOne) {
  auto toml = job();
  toml.erase(toml.find("memory_limit"), std::string("memory_limit = \"100 MiB\"").size());
  PipelineHarness harness(toml);
  harness.measure(memory_);
  EXPECT_THAT(taken(harness.run()), ElementsAre(lines));
  EXPECT_THAT(harness.metrics(), testing::Not(HasSubstr("memory_limit_bytes{")));
}

}  // namespace
}  // namespace millrace

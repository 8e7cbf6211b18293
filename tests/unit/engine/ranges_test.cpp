// Epochs of several ranges, and the threads that read them.
#include <gtest/gtest.h>

#include "windows_job.hpp"

namespace millrace {
namespace {

// Windows of all events, from one epoch of all files; and how many batches the windows' two halves
// took for it.
struct Ran {
  std::multiset<std::string> rows;
  int batches = 0;
};

Ran run(const std::string& aggregate, size_t threads) {
  const TestFolder folder;
  write_disordered_events(folder);
  PipelineHarness harness(windows_job(folder, 1, "", file_count, aggregate), threads);
  harness.run();
  const auto& metrics = harness.metrics();
  const std::string counter =
      "millrace_component_batch_duration_seconds_count{pipeline=\"job\",component_id=\"counts\","
      "component_kind=\"transform\",component_type=\"sliding_window\"} ";
  const auto at = metrics.find(counter);
  if (at == std::string::npos) throw std::runtime_error("no such counter in\n" + metrics);
  return {folder.lines("final"), std::stoi(metrics.substr(at + counter.size()))};
}

TEST(Ranges, GiveTheSameRowsWhicheverThreadsReadThem) {
  for (const std::string aggregate : {"max(value)", "collect_list(value)"}) {
    const auto expected = run(aggregate, 1).rows;
    EXPECT_GT(expected.size(), 50U);
    for (const size_t threads : {2U, 3U, 8U})
      EXPECT_EQ(run(aggregate, threads).rows, expected) << aggregate << ", threads " << threads;
  }
}

TEST(Ranges, OfOneThreadHandOverTheirGroupsAsOne) {
  EXPECT_EQ(run("max(value)", 1).batches, file_count + 1);
  EXPECT_EQ(run("max(value)", 2).batches, file_count + 4);  // In two tasks for each thread.
  EXPECT_EQ(run("max(value)", 8).batches, file_count + file_count);
}

// In a window of several panes the list would tell which ranges a thread had.
TEST(Ranges, HandOverWhatDependsOnTheirOrderOneByOne) {
  EXPECT_EQ(run("collect_list(value)", 1).batches, file_count + file_count);
}

}  // namespace
}  // namespace millrace

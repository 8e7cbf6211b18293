#include "core/observe/process_collector.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace millrace::observe {
namespace {

namespace fs = std::filesystem;

class ProcessCollectorTest : public testing::Test {
 protected:
  ProcessCollectorTest() { fs::create_directories(proc_ / "self" / "fd"); }
  void TearDown() override { fs::remove_all(proc_); }

  void file(const std::string& name, const std::string& text) {
    std::ofstream(proc_ / name) << text;
  }

  std::map<std::string, double> collect() const {
    std::map<std::string, double> values;
    for (const auto& family : ProcessCollector(proc_).Collect()) {
      const auto& metric = family.metric.at(0);
      values[family.name] = family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                                           : metric.gauge.value;
    }
    return values;
  }

  fs::path proc_ = fs::path(testing::TempDir()) / ("proc" + std::to_string(getpid()));
};

TEST_F(ProcessCollectorTest, ReadsWhatProcSays) {
  // A command name may hold spaces and parentheses.
  file("self/stat",
       "7 (a) b (c) S 1 1 1 0 -1 4194304 100 0 0 0 300 200 0 0 20 0 4 0 5000 123456 10 0 0 0\n");
  file("stat", "cpu 1 2 3\nbtime 1700000000\n");
  file("self/limits",
       "Limit   Soft Limit  Hard Limit  Units\nMax open files   1024   4096  files\n");
  file("self/fd/0", "");
  file("self/fd/1", "");
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto values = collect();
  EXPECT_DOUBLE_EQ(values.at("process_cpu_seconds_total"), 500 / ticks);
  EXPECT_DOUBLE_EQ(values.at("process_threads"), 4);
  EXPECT_DOUBLE_EQ(values.at("process_virtual_memory_bytes"), 123456);
  EXPECT_DOUBLE_EQ(values.at("process_resident_memory_bytes"),
                   10.0 * static_cast<double>(sysconf(_SC_PAGESIZE)));
  EXPECT_DOUBLE_EQ(values.at("process_start_time_seconds"), 1700000000 + 5000 / ticks);
  EXPECT_DOUBLE_EQ(values.at("process_open_fds"), 2);
  EXPECT_DOUBLE_EQ(values.at("process_max_fds"), 1024);
}

TEST_F(ProcessCollectorTest, LeavesOutWhatIsNotThere) {
  file("self/stat", "7 (cut");
  const auto values = collect();
  EXPECT_EQ(values.count("process_cpu_seconds_total"), 0U);
  EXPECT_EQ(values.count("process_max_fds"), 0U);
}

}  // namespace
}  // namespace millrace::observe

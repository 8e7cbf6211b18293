#pragma once
#include <algorithm>
#include <string>

#include "pipeline_harness.hpp"

// Sliding windows over files, put out as they become final, as they change, and what came too late.
namespace millrace {

inline std::string event(const std::string& key, int at_second, int value) {
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return R"({"key":")" + key + R"(","ts":"2024-01-01T00:)" + two(at_second / 60) + ":" +
         two(at_second % 60) + R"(Z","value":)" + std::to_string(value) + "}\n";
}

inline constexpr int file_count = 6;

// Six files of events, some out of order, some late.
inline void write_disordered_events(const TestFolder& folder) {
  for (int file = 0; file < file_count; ++file) {
    std::string text;
    for (int i = 0; i < 40; ++i) {
      const int at = file * 20 + (i * 7) % 25 - (i % 11 == 0 ? 60 : 0);
      text += event("key" + std::to_string((file + i * i) % 9), std::max(at, 0), i);
    }
    folder.write("in/" + std::to_string(100 + file) + ".jsonl", text);
  }
}

inline std::string windows_job(const TestFolder& folder, int shards, const std::string& checkpoint,
                               int files_per_epoch = 1, const std::string& third = "last(value)") {
  return "name = \"job\"\ntrigger = \"available_now\"\n" + checkpoint +
         "shards = " + std::to_string(shards) + R"(
[observability]
listen = "off"
[sources.events]
type = "file"
path = ")" +
         folder.path("in").string() +
         "\"\nmax_files_per_trigger = " + std::to_string(files_per_epoch) + R"(
format = "json"
schema = { key = "string", ts = "timestamp", value = "long" }
watermark = { column = "ts", delay = "10 seconds" }
[transforms.counts]
type = "sliding_window"
inputs = ["events"]
size = "20 seconds"
slide = "10 seconds"
group_by = ["key"]
aggregates = { n = 'count(*)', total = 'sum(value)', third = ')" +
         third + R"(' }
[transforms.shaped]
type = "select"
inputs = ["counts"]
columns = { key = "key", at = "window_start", n = "n", total = "total", third = "third" }
[sinks.final]
type = "file"
inputs = ["shaped"]
path = ")" +
         folder.path("final").string() + R"("
[sinks.changes]
type = "file"
inputs = ["shaped"]
output_mode = "update"
path = ")" +
         folder.path("changes").string() +
         R"("
[sinks.late]
type = "file"
inputs = ["counts.late"]
path = ")" +
         folder.path("late").string() + "\"\n";
}

}  // namespace millrace

#pragma once
#include <string>
#include <vector>

#include "pipeline_harness.hpp"

namespace millrace {

/// How a join of views and clicks is set up.
struct JoinJob {
  std::string kind = "inner";
  std::string on = "ad = clicked AND time >= at AND time <= at + interval '10 seconds'";
  std::string views_watermark = "watermark = { column = \"at\", delay = \"10 seconds\" }\n";
  std::string clicks_watermark = "watermark = { column = \"time\", delay = \"10 seconds\" }\n";
  std::string inputs = "\"views\", \"clicks\"";
  std::string output_mode = "append";
  std::string top = {};  ///< more keys above the first header
  int shards = 3;

  std::string text(const TestFolder& folder) const {
    const auto source = [&](const std::string& name, const std::string& schema,
                            const std::string& watermark) {
      return "[sources." + name + "]\ntype = \"file\"\npath = \"" + folder.path(name).string() +
             "\"\nmax_files_per_trigger = 1\nformat = \"json\"\nschema = { " + schema + " }\n" +
             watermark;
    };
    return "name = \"job\"\ntrigger = \"available_now\"\n" + top +
           "shards = " + std::to_string(shards) + "\n[observability]\nlisten = \"off\"\n" +
           source("views", R"(ad = "string", at = "timestamp", price = "long")", views_watermark) +
           source("clicks", R"(clicked = "string", time = "timestamp", bid = "long")",
                  clicks_watermark) +
           "[transforms.joined]\ntype = \"join\"\ninputs = [" + inputs + "]\nkind = \"" + kind +
           "\"\non = \"" + on +
           "\"\n[sinks.result]\ntype = \"file\"\ninputs = [\"joined\"]\noutput_mode = \"" +
           output_mode + "\"\npath = \"" + folder.path("out").string() + "\"\n";
  }

  /// What `millrace check` says of it; empty where nothing is wrong.
  std::string complaint() const {
    const TestFolder folder;
    std::filesystem::create_directories(folder.path("views"));
    std::filesystem::create_directories(folder.path("clicks"));
    try {
      PipelineHarness(text(folder)).run();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
};

inline std::string time_at(int second) {
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return "2024-01-01T00:" + two(second / 60) + ":" + two(second % 60) + "Z";
}

inline std::string view_of(const std::string& ad, int second, int price) {
  return R"({"ad":")" + ad + R"(","at":")" + time_at(second) + R"(","price":)" +
         std::to_string(price) + "}\n";
}

inline std::string click_of(const std::string& ad, int second, int bid) {
  return R"({"clicked":")" + ad + R"(","time":")" + time_at(second) + R"(","bid":)" +
         std::to_string(bid) + "}\n";
}

/// Six files of each, out of order, some without a partner, some late.
inline void write_views_and_clicks(const TestFolder& folder) {
  for (int file = 0; file < 6; ++file) {
    std::string views;
    std::string clicks;
    for (int i = 0; i < 30; ++i) {
      const int at = file * 20 + (i * 7) % 25 - (i % 13 == 0 ? 60 : 0);
      views += view_of("ad" + std::to_string((file + i * i) % 7), std::max(at, 0), i);
      if (i % 3 != 0)
        clicks += click_of("ad" + std::to_string((file + i * i + i / 9) % 8),
                           std::max(at, 0) + i % 15, i);
    }
    const auto name = std::to_string(100 + file) + ".jsonl";
    folder.write("views/" + name, views);
    folder.write("clicks/" + name, clicks);
  }
}

}  // namespace millrace

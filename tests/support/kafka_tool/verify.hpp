#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/support/kafka_tool/events.hpp"

namespace kafka_tool {

// What a result stream may contain besides each window once.
enum class Repeats {
  none,   // each (window, key) exactly once: append mode, exactly once
  equal,  // the same row again: append mode, at least once
  last    // any number of rows, of which the last one counts: update mode
};

struct Expectation {
  int64_t window_ms = 10'000;
  int64_t slide_ms = 0;  // 0: tumbling
  std::string window_field = "ws";
  std::string count_field = "n";
  Repeats repeats = Repeats::none;
};

// Compares counts per (window, key) with what the workload must give. A late event may or may not
// be counted, since that depends on when the watermark moved: on_time <= n <= on_time + late.
class Verifier {
 public:
  Verifier(const Workload& workload, Expectation expectation);
  // One result row: a JSON object with the fields key, window start and count.
  void take(std::string_view row);
  // One line per kind of fault with an example each; empty if every window is right.
  std::vector<std::string> faults() const;
  std::string summary() const;

 private:
  struct Window {
    int64_t on_time = 0;
    int64_t late = 0;
    int64_t seen = -1;
    int64_t rows = 0;
  };
  using Windows = std::unordered_map<std::string, Window>;

  void expect(const Event& event);
  void fault(const std::string& kind, const std::string& example);

  Expectation expectation_;
  std::map<int64_t, Windows> expected_;  // by window start in milliseconds
  int64_t window_count_ = 0;
  int64_t rows_ = 0;
  std::map<std::string, std::pair<int64_t, std::string>> faults_;
};

}  // namespace kafka_tool

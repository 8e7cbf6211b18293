#pragma once
#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

#include "millrace/json.hpp"

#include "plugins/kafka/source.hpp"
#include "tests/unit/kafka/threaded_host.hpp"

namespace millrace::testing {

inline constexpr int value_column = 0;

// Reads a range to its end; the values, or whatever `columns` says, as JSON lines.
inline std::vector<std::string> read_range(kafka::KafkaSource& source, const Range& range,
                                           const std::vector<int>& columns = {value_column}) {
  std::vector<std::string> rows;
  const auto reader = source.open(range, columns);
  for (;;) {
    Batch batch;
    const auto result = reader->read(100'000, batch);
    if (result == Read::end) return rows;
    if (result == Read::idle) continue;
    for (const Row row : batch)
      rows.push_back(columns == std::vector<int>{value_column} && !row.is_null(0)
                         ? std::string(row.text(0))
                         : row.to_json());
  }
}

// Which fetcher the tests of sources use; all of them run with each (see CMakeLists.txt).
inline kafka::SourceSettings source_settings() {
  kafka::SourceSettings settings;
  if (const char* fetcher = std::getenv("MILLRACE_TEST_FETCHER")) settings.fetcher = fetcher;
  return settings;
}

// Runs epochs as the engine does.
class SourceDriver {
 public:
  SourceDriver(kafka::SourceSettings settings, ThreadedHost& host)
      : source(std::move(settings), host.context()) {}

  InputPlan plan() {
    auto next = source.plan(position, source.latest(position), false);
    position = next.position;
    return next;
  }
  // All values of the next epoch, partition after partition.
  std::vector<std::string> epoch() {
    std::vector<std::string> rows;
    ranges = plan().ranges;
    for (const auto& range : ranges)
      for (auto& row : read_range(source, range)) rows.push_back(std::move(row));
    return rows;
  }

  kafka::KafkaSource source;
  std::string position;
  std::vector<Range> ranges;
};

}  // namespace millrace::testing

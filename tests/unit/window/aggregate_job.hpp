#pragma once
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/window/streams.hpp"

namespace millrace::testing {

inline constexpr int64_t most = std::numeric_limits<int64_t>::max();

/// Aggregates one column x (and another, y) without keys. Each inner list is an epoch; before
/// every one but the first, everything is restarted from what was written.
class Aggregates : public ::testing::Test {
 protected:
  std::string of(const std::string& function, const Type& type,
                 const std::vector<std::vector<Cell>>& epochs) {
    std::vector<std::vector<Cells>> rows;
    for (const auto& epoch : epochs) {
      rows.emplace_back();
      for (const auto& cell : epoch) rows.back().push_back({cell, null});
    }
    return of_two(function, {"x"}, {{{"x", type}, {"y", TypeId::boolean}}}, rows);
  }
  std::string of_two(const std::string& function, const std::vector<std::string>& arguments,
                     const Schema& schema, const std::vector<std::vector<Cells>>& epochs) {
    FakeHost host(schema);
    host.set_ansi(ansi);
    const auto settings = grouped<window::GroupingSettings>(
        host, {}, {host.aggregate("result", function, arguments)});
    window::GroupedAggregation transform(settings, host.context(), {{host.input(), -1}});
    Harness run(host, transform, Harness::wants({Port::changed, Port::all}), 2);
    std::string text;
    for (const auto& rows : epochs) {
      if (!text.empty()) run.restart();
      // Half of the rows for each of two tasks, so that partial results are merged.
      const auto half = static_cast<std::ptrdiff_t>(rows.size() / 2);
      const auto result = run.epoch({{rows_of(host.input(), {rows.begin(), rows.begin() + half})},
                                     {rows_of(host.input(), {rows.begin() + half, rows.end()})}},
                                    no_time, no_time);
      text = result.on(Port::changed).at(0);
      EXPECT_EQ(result.on(Port::all).at(0), text);
    }
    return text;
  }

  bool ansi = true;
};

}  // namespace millrace::testing

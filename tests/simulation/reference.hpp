#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/checkpoint/epoch_records.hpp"
#include "tests/simulation/scenario.hpp"

namespace millrace::simulation {

using Rows = std::multiset<std::string>;

/// What a query must put out.
struct Expected {
  std::map<int64_t, Rows> final;    ///< by epoch: what append shows
  std::map<int64_t, Rows> changed;  ///< what update shows
  Rows whole;                       ///< what complete shows in the end
};

/// The rows that an epoch read, and how it judged them.
struct ReadEpoch {
  int64_t number = 0;
  bool opens_with_watermark = false;
  std::map<std::string, PlannedWatermark> watermarks;
  std::vector<const InputRow*> rows;
  std::vector<const InputRow*> others;  ///< of the second source
};

/// Works out what a query puts out: row by row, from the rows and watermarks of each epoch, with
/// none of the engine's code.
Expected expect(const Query& query, const std::vector<ReadEpoch>& epochs);

/// "key=k1;n=3;..." without its results: which group it is of.
std::string group_of(const std::string& row);

}  // namespace millrace::simulation

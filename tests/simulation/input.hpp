#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::simulation {

/// A row of a source. Where a text is missing the value is null.
struct InputRow {
  int64_t arrives_us = 0;  ///< when the source has it, since the simulation began
  int64_t id = 0;
  std::optional<std::string> key;
  std::optional<int64_t> value;
  int64_t time_us = 0;
};

/// Rows in the order of their offsets.
struct InputPartition {
  int64_t appears_us = 0;
  std::vector<InputRow> rows;
};

/// All that a source will ever have.
using Input = std::vector<InputPartition>;

}  // namespace millrace::simulation

#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "millrace/batch.hpp"

namespace millrace::console {

struct TableLimits {
  int64_t rows = 20;
  size_t width = 20;  // Of a cell; 0: as wide as it is.
};

// The visible columns of a batch, as Spark's show() prints them: right-aligned when cells are cut,
// left-aligned otherwise.
std::string table_of(const Batch& batch, const TableLimits& limits);

// The same with a line per value, for rows that are too wide for a table.
std::string vertical_of(const Batch& batch, const TableLimits& limits);

// One JSON object per line.
std::string json_lines_of(const Batch& batch, const TableLimits& limits);

}  // namespace millrace::console

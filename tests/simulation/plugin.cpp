#include <algorithm>

#include "tests/simulation/components.hpp"

// The components of a simulation, as a plugin.
namespace millrace::simulation {

static Outside* world = nullptr;

namespace {

std::string text_of(const Column& column, int64_t row) {
  if (column.is_null(row)) return "null";
  if (column.type.is_bytes()) return std::string(column.text(row));
  return std::to_string(column.int64(row));
}

}  // namespace

std::string text_of(const Row& row) {
  const Batch& batch = row.batch();
  std::vector<std::pair<std::string, size_t>> columns;
  for (size_t i = 0; i < batch.column_count(); ++i)
    if (!batch.schema()[i].hidden) columns.emplace_back(batch.schema()[i].name, i);
  std::sort(columns.begin(), columns.end());
  std::string text;
  for (const auto& [name, column] : columns)
    text += name + '=' + text_of(batch.column(column), row.index()) + ';';
  return text;
}

Outside& outside() { return *world; }

}  // namespace millrace::simulation

extern "C" __attribute__((visibility("default"))) void millrace_simulation_connect(
    millrace::simulation::Outside* outside) {
  millrace::simulation::world = outside;
}

using namespace millrace::simulation;  // NOLINT(google-build-using-namespace): names of components

MILLRACE_PLUGIN("simulated", "1", announced_source(), silent_source(), rows_sink(), parts_sink(),
                log_sink());

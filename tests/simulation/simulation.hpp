#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/plugin/catalog.hpp"
#include "tests/simulation/scenario.hpp"

namespace millrace::simulation {

/// What became of a scenario.
struct Outcome {
  std::vector<std::string> violations;  ///< empty: every promise was kept
  uint64_t trace = 0;                   ///< equal for equal runs
  int lives = 0;
  uint64_t epochs = 0;
  int64_t elapsed_us = 0;  ///< of virtual time
};

/// Runs the scenario to its end: lives of the process until everything is read and committed, and
/// then the oracle.
Outcome simulate(const Scenario& scenario, const Catalog& catalog, bool aloud = false);

/// The same scenario without the faults that the failure does not need.
Scenario shrink(Scenario scenario, const Catalog& catalog);

/// What a failure is reported by.
std::string report(const Scenario& scenario, const Outcome& outcome);

/// The plugins of this build that a scenario uses, and the simulated one.
Catalog make_catalog();

}  // namespace millrace::simulation

#pragma once
#include <vector>

#include "tests/simulation/world.hpp"

namespace millrace::simulation {

/// Looks at a world in which everything was read and committed, and names every promise that was
/// broken: what sinks show against the reference, and how epochs follow each other.
std::vector<Violation> judge(const World& world);

}  // namespace millrace::simulation

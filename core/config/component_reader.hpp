#pragma once
#include <vector>

#include "core/config/config.hpp"

namespace millrace {

/// Reads the tables `sources`, `transforms` and `sinks` (null where the file has none) to
/// components in the order of the file, with every key that the engine knows taken out of their
/// options.
std::vector<Component> read_components(const Entry* sources, const Entry* transforms,
                                       const Entry* sinks, Diagnostics& diagnostics);

}  // namespace millrace

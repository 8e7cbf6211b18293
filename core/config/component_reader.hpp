#pragma once
#include <vector>

#include "core/config/config.hpp"

namespace millrace {

/// The headers that hold components; null where the file has none.
struct ComponentHeaders {
  const Entry* sources = nullptr;
  const Entry* tables = nullptr;
  const Entry* transforms = nullptr;
  const Entry* sinks = nullptr;
};

/// Reads the headers to components in the order of the file, with every key that the engine knows
/// taken out of their options.
std::vector<Component> read_components(const ComponentHeaders& headers, Diagnostics& diagnostics);

}  // namespace millrace

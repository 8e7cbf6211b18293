#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/value.hpp"
#include "core/diagnostics/diagnostic.hpp"

namespace millrace {

/// Looks up an environment variable.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

/// The variables of this process.
std::optional<std::string> process_environment(std::string_view name);

/// Reads the file of `diagnostics` into a tree with places and replaces variables in its strings.
/// Nothing is returned after a syntax error; bad variables are reported and left as written.
std::optional<Value> read_toml(const Environment& environment, Diagnostics& diagnostics);

}  // namespace millrace

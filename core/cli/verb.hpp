#pragma once
#include <functional>
#include <iosfwd>
#include <string>

#include "core/cli/flag_set.hpp"
#include "core/config/read_toml.hpp"
#include "core/diagnostics/diagnostic.hpp"

namespace millrace::cli {

/// What a verb may touch of the world around the process.
struct World {
  std::ostream& out;  // the result of the verb
  std::ostream& err;  // everything that is said to a person
  Environment environment;
  Color error_color = Color::off;
};

/// Runs a verb whose flags have been read; returns the exit code.
using Action = std::function<int()>;

/// One verb. A name of two words, "plugins list", belongs to a group of verbs.
struct Verb {
  std::string name;
  std::string summary;
  std::string examples;
  /// Declares the flags; what they say is known when the action runs.
  std::function<Action(FlagSet& flags, World& world)> declare;
};

}  // namespace millrace::cli

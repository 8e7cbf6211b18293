#pragma once
#include <string>
#include <vector>

#include "core/cli/flag_set.hpp"

namespace millrace::cli {

/// Declares --plugin-path, which takes one path each time it is given.
inline void add_plugin_path_flag(FlagSet& flags, std::vector<std::string>& paths) {
  flags.texts("--plugin-path", paths,
              "a directory of plugins or a .so file, besides the installed ones");
}

}  // namespace millrace::cli

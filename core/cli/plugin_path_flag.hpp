#pragma once
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the name is CLI11's
class App;
}

namespace millrace::cli {

/// Declares --plugin-path, which takes one path each time it is given.
void add_plugin_path_flag(CLI::App& flags, std::vector<std::string>& paths);

}  // namespace millrace::cli

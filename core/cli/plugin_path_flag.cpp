#include "core/cli/plugin_path_flag.hpp"

#include <CLI/CLI.hpp>

namespace millrace::cli {

void add_plugin_path_flag(CLI::App& flags, std::vector<std::string>& paths) {
  flags
      .add_option("--plugin-path", paths,
                  "a directory of plugins or a .so file, besides the installed ones")
      ->allow_extra_args(false);
}

}  // namespace millrace::cli

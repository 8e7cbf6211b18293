#pragma once
#include <filesystem>
#include <stdexcept>

#include "millrace/abi.h"

namespace millrace {

/// A file that cannot be used as a plugin: what was found, what this program was built for, what to
/// do about it.
class PluginRefused : public std::runtime_error {
 public:
  PluginRefused(const std::filesystem::path& path, const std::string& reason)
      : std::runtime_error("plugin " + path.string() + " is refused: " + reason) {}
};

/// Opens a plugin and checks its descriptor. It is never unloaded: destructors of thread-local
/// objects would run in code that is gone. Throws PluginRefused.
const mr_plugin& load_plugin(const std::filesystem::path& path);

}  // namespace millrace

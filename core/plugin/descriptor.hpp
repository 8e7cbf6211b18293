#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/abi.h"

#include "core/plugin/component_type.hpp"

namespace millrace {

/// A file that cannot be used as a plugin: what was found, what this program was built for, what to
/// do about it.
class PluginRefused : public std::runtime_error {
 public:
  PluginRefused(const std::filesystem::path& path, const std::string& reason)
      : std::runtime_error("plugin " + path.string() + " is refused: " + reason) {}
};

/// "this millrace is built for plugin ABI 1.0".
std::string this_abi();

/// How long the file is at least that begins with these bytes; none where the system will say what
/// is wrong with it. Throws PluginRefused where it is no shared object at all.
std::optional<uint64_t> length_of_object(const std::filesystem::path& path,
                                         std::string_view beginning);

/// The components that a plugin describes. A plugin is trusted code, but may be built by mistake
/// for something else: what can be checked is, and throws PluginRefused.
std::vector<ComponentType> read_descriptor(const std::filesystem::path& path,
                                           const mr_plugin* plugin);

}  // namespace millrace

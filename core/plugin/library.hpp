#pragma once
#include <filesystem>

#include "core/plugin/descriptor.hpp"

namespace millrace {

/// Opens a plugin and asks it what it is; read_descriptor() tells whether that makes sense. It is
/// never unloaded: destructors of thread-local objects would run in code that is gone. Throws
/// PluginRefused.
const mr_plugin* load_plugin(const std::filesystem::path& path);

}  // namespace millrace

#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/config/read_toml.hpp"
#include "core/plugin/catalog.hpp"

namespace millrace::cli {

/// Where plugins are looked for.
struct PluginPath {
  std::vector<std::string> from_flags;
  std::vector<std::string> from_file;
};

/// Loads what the flags, the pipeline file, MILLRACE_PLUGIN_PATH (separated by colons) and the
/// installation name, in this order. A file found twice is loaded once.
Catalog load_catalog(const PluginPath& path, const Environment& environment);

/// The plugins that came with this program: ../lib/millrace/plugins beside its own directory.
std::filesystem::path installed_plugins();

}  // namespace millrace::cli

#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/abi.h"

#include "core/config/option.hpp"

namespace millrace {

enum class PluginKind {
  source = MR_SOURCE,
  format = MR_FORMAT,
  transform = MR_TRANSFORM,
  sink = MR_SINK,
  store = MR_STORE
};

std::string_view name_of(PluginKind kind);

/// A plugin in use.
struct PluginInfo {
  std::string name;
  std::string version;
  std::string built_with;
  int abi_major = 0;
  int abi_minor = 0;
  std::filesystem::path path;
};

/// A type of component that some plugin makes.
struct ComponentType {
  PluginKind kind = PluginKind::source;
  std::string name;
  std::string summary;
  std::vector<OptionSpec> options;
  uint32_t flags = 0;
  const void* functions = nullptr;
  PluginInfo plugin;
};

}  // namespace millrace

#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// A file in the plugin path that cannot be used.
struct RefusedPlugin {
  std::filesystem::path path;
  std::string reason;  ///< a whole sentence that names the file
};

/// Every component type there is, by kind and name.
class Catalog {
 public:
  /// Loads a shared object, or every libmillrace_*.so and *.so in a directory, in order of name.
  /// What cannot be used is kept in refused(). A directory that does not exist is refused too when
  /// `must_exist`.
  void add(const std::filesystem::path& path, bool must_exist = true);

  const ComponentType* find(PluginKind kind, std::string_view name) const;
  std::vector<std::string> names(PluginKind kind) const;
  /// In order of kind and name.
  std::vector<const ComponentType*> all() const;
  const std::vector<PluginInfo>& plugins() const { return plugins_; }
  const std::vector<RefusedPlugin>& refused() const { return refused_; }

 private:
  void add_file(const std::filesystem::path& path);

  std::map<std::pair<PluginKind, std::string>, ComponentType> types_;
  std::vector<PluginInfo> plugins_;
  std::vector<RefusedPlugin> refused_;
};

}  // namespace millrace

#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/plugin/component_type.hpp"

namespace millrace {

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

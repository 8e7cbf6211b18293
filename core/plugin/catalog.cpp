#include "core/plugin/catalog.hpp"

#include <algorithm>
#include <set>

#include "core/plugin/library.hpp"

namespace millrace {

void Catalog::add(const std::filesystem::path& path, bool must_exist) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (must_exist)
      refused_.push_back({path, "plugin_path " + path.string() +
                                    " does not exist; name a directory of plugins or a .so file"});
    return;
  }
  if (!std::filesystem::is_directory(path, error)) return add_file(path);
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, error))
    if (entry.path().extension() == ".so") files.insert(entry.path());
  for (const auto& file : files) add_file(file);
}

void Catalog::add_file(const std::filesystem::path& path) {
  std::error_code error;
  for (const auto& plugin : plugins_)
    if (std::filesystem::equivalent(plugin.path, path, error)) return;
  try {
    auto types = read_descriptor(path, load_plugin(path));
    const PluginInfo info = types.front().plugin;
    for (auto& type : types) {
      const auto key = std::pair(type.kind, type.name);
      const auto& [at, fresh] = types_.emplace(key, std::move(type));
      if (!fresh)
        throw PluginRefused(path, "its " + std::string(name_of(key.first)) + " `" + key.second +
                                      "` exists already, in " + at->second.plugin.path.string() +
                                      "; remove one of the two files from the plugin path, or "
                                      "rename the component and rebuild it");
    }
    plugins_.push_back(info);
  } catch (const PluginRefused& refusal) {
    refused_.push_back({path, refusal.what()});
  }
}

const ComponentType* Catalog::find(PluginKind kind, std::string_view name) const {
  const auto found = types_.find({kind, std::string(name)});
  return found == types_.end() ? nullptr : &found->second;
}

std::vector<std::string> Catalog::names(PluginKind kind) const {
  std::vector<std::string> names;
  for (const auto& [key, type] : types_)
    if (key.first == kind) names.push_back(key.second);
  return names;
}

std::vector<const ComponentType*> Catalog::all() const {
  std::vector<const ComponentType*> types;
  for (const auto& [key, type] : types_) types.push_back(&type);
  return types;
}

}  // namespace millrace

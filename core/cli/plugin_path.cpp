#include "core/cli/plugin_path.hpp"

#include <algorithm>
#include <system_error>

namespace millrace::cli {

std::filesystem::path installed_plugins() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "lib" / "millrace" / "plugins";
}

Catalog load_catalog(const PluginPath& path, const Environment& environment) {
  Catalog catalog;
  for (const std::string& one : path.from_flags) catalog.add(one);
  for (const std::string& one : path.from_file) catalog.add(one);
  const std::string variable = environment("MILLRACE_PLUGIN_PATH").value_or("");
  for (std::size_t begin = 0; begin < variable.size();) {
    const std::size_t end = std::min(variable.find(':', begin), variable.size());
    if (end > begin) catalog.add(variable.substr(begin, end - begin));
    begin = end + 1;
  }
  catalog.add(installed_plugins(), false);
  return catalog;
}

}  // namespace millrace::cli

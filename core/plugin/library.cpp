#include "core/plugin/library.hpp"

#define BOOST_DLL_USE_STD_FS
#include <array>
#include <deque>
#include <elf.h>
#include <fstream>
#include <string>

#include <boost/dll/shared_library.hpp>

#include "millrace/error.hpp"

#include "core/plugin/writable.hpp"

namespace millrace {
namespace {

std::string this_abi() {
  return "this millrace is built for plugin ABI " + std::to_string(MR_ABI_MAJOR) + "." +
         std::to_string(MR_ABI_MINOR);
}

// The loader's own message for a file that is no shared object at all helps nobody.
void check_is_shared_object(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw PluginRefused(path,
                        "it is a directory; name a shared object, or put the directory itself "
                        "into plugin_path");
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw PluginRefused(path, "it cannot be read; check that it exists and its permissions");
  std::array<char, 4> magic{};
  file.read(magic.data(), magic.size());
  if (std::string_view(magic.data(), magic.size()) !=
      "\x7f"
      "ELF")
    throw PluginRefused(path, "it is not a shared object (found no ELF header); " + this_abi() +
                                  "; build plugins with millrace_add_plugin()");
}

// Looks for the entry of another major version, to say so instead of "symbol missing".
std::string other_major(const boost::dll::shared_library& library) {
  for (int major = 0; major <= 99; ++major)
    if (major != MR_ABI_MAJOR && library.has("millrace_plugin_v" + std::to_string(major)))
      return std::to_string(major);
  return "";
}

// A file that was cut short may be mapped all the same and then kill the process when it is read,
// or work by luck. The linker puts the table of sections last: a file that ends before it is cut.
void check_is_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Elf64_Ehdr header{};
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  const auto read = static_cast<uint64_t>(file.gcount());
  if (read == sizeof header && header.e_ident[EI_CLASS] != ELFCLASS64) return;  // the system's word
  const uint64_t wanted = read < sizeof header
                              ? sizeof header
                              : header.e_shoff + uint64_t{header.e_shnum} * header.e_shentsize;
  const uint64_t found = std::filesystem::file_size(path);
  if (found < wanted)
    throw PluginRefused(path, "it is truncated (found " + std::to_string(found) +
                                  " bytes, its header says at least " + std::to_string(wanted) +
                                  "); " + this_abi() + "; copy or rebuild it");
}

boost::dll::shared_library open(const std::filesystem::path& path) {
  try {
    return boost::dll::shared_library(
        std::filesystem::absolute(path),
        boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    throw PluginRefused(path, std::string("the system cannot load it, it may be truncated, built "
                                          "for another machine, or miss a library (") +
                                  error.what() + "); " + this_abi() + "; rebuild it here");
  }
}

void check(const std::filesystem::path& path, const mr_plugin* plugin) {
  if (plugin == nullptr || plugin->size < offsetof(mr_plugin, component_count))
    throw PluginRefused(path, "its descriptor is empty or too small; " + this_abi() +
                                  "; rebuild it with this release's SDK");
  if (plugin->abi_major != MR_ABI_MAJOR)
    throw PluginRefused(
        path, "it says it is built for plugin ABI " + std::to_string(plugin->abi_major) + "." +
                  std::to_string(plugin->abi_minor) + " (" + std::string(view(plugin->built_with)) +
                  "), but " + this_abi() + "; rebuild it with this release's SDK");
  for (size_t i = 0; i < plugin->component_count; ++i) {
    const auto* component = plugin->components[i];
    if (component == nullptr || component->name.size == 0 || component->functions == nullptr ||
        component->kind < MR_SOURCE || component->kind > MR_STORE)
      throw PluginRefused(path, "component " + std::to_string(i) +
                                    " of its descriptor has no name, no functions or an unknown "
                                    "kind; " +
                                    this_abi());
  }
}

}  // namespace

const mr_plugin& load_plugin(const std::filesystem::path& path) {
  check_is_shared_object(path);
  check_is_whole(path);
  if (const auto reason = writable_by_all(path); !reason.empty()) throw PluginRefused(path, reason);
  // Never destroyed, see the header; the list keeps them reachable for leak checkers.
  static auto& loaded = *new std::deque<boost::dll::shared_library>();
  const auto& library = loaded.emplace_back(open(path));
  if (!library.has(MR_ENTRY_SYMBOL)) {
    const auto major = other_major(library);
    if (!major.empty())
      throw PluginRefused(path, "it is built for plugin ABI " + major + " (it exports " +
                                    "millrace_plugin_v" + major + "), but " + this_abi() +
                                    "; rebuild it with this release's SDK");
    throw PluginRefused(path, std::string("it does not export ") + MR_ENTRY_SYMBOL + "; " +
                                  this_abi() +
                                  "; end the plugin's source with MILLRACE_PLUGIN(...)");
  }
  const auto* plugin = library.get<const mr_plugin*()>(MR_ENTRY_SYMBOL)();
  check(path, plugin);
  return *plugin;
}

}  // namespace millrace

#include "core/plugin/library.hpp"

#define BOOST_DLL_USE_STD_FS
#include <array>
#include <deque>
#include <elf.h>
#include <fstream>
#include <string>

#include <boost/dll/shared_library.hpp>

#include "core/plugin/writable.hpp"

namespace millrace {
namespace {

// What the loader itself would say of a file that is no shared object helps nobody.
void check_is_whole(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw PluginRefused(path,
                        "it is a directory; name a shared object, or put the directory itself "
                        "into plugin_path");
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw PluginRefused(path, "it cannot be read; check that it exists and its permissions");
  std::array<char, sizeof(Elf64_Ehdr)> beginning{};
  file.read(beginning.data(), beginning.size());
  const auto wanted =
      length_of_object(path, {beginning.data(), static_cast<size_t>(file.gcount())});
  const uint64_t found = std::filesystem::file_size(path);
  if (wanted && found < *wanted)
    throw PluginRefused(path, "it is truncated (found " + std::to_string(found) +
                                  " bytes, its header says at least " + std::to_string(*wanted) +
                                  "); " + this_abi() + "; copy or rebuild it");
}

// Looks for the entry of another major version, to say so instead of "symbol missing".
std::string other_major(const boost::dll::shared_library& library) {
  for (int major = 0; major <= 99; ++major)
    if (major != MR_ABI_MAJOR && library.has("millrace_plugin_v" + std::to_string(major)))
      return std::to_string(major);
  return "";
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

}  // namespace

const mr_plugin* load_plugin(const std::filesystem::path& path) {
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
  return library.get<const mr_plugin*()>(MR_ENTRY_SYMBOL)();
}

}  // namespace millrace

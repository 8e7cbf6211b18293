#include "plugins/file/directory_listing.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <memory>
#include <sys/stat.h>
#include <tuple>

#include "plugins/file/open_file.hpp"
#include "plugins/file/seen_files.hpp"

namespace millrace::file {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

bool is_ignored(const std::string& name, const std::string& pattern) {
  return name.starts_with('.') || name.starts_with('_') || name.ends_with(".tmp") ||
         (!pattern.empty() && ::fnmatch(pattern.c_str(), name.c_str(), 0) != 0);
}

}  // namespace

std::vector<ListedFile> list_directory(const std::string& directory, const std::string& pattern) {
  const std::unique_ptr<DIR, CloseDirectory> open(::opendir(directory.c_str()));
  if (open == nullptr) throw file_error("cannot list", directory, errno);
  std::vector<ListedFile> files;
  for (;;) {
    errno = 0;
    const auto* entry = ::readdir(open.get());
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    struct stat status {};
    if (is_ignored(name, pattern) ||
        // A file may go away between the two calls.
        ::fstatat(::dirfd(open.get()), name.c_str(), &status, 0) != 0 || !S_ISREG(status.st_mode))
      continue;
    const uint64_t hash = SeenFiles::hash_of(name);
    files.push_back({std::move(name), hash, status.st_size,
                     status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec});
  }
  if (errno != 0) throw file_error("cannot list", directory, errno);
  std::ranges::sort(files, {}, [](const ListedFile& file) {
    return std::tuple(file.modified_ns, std::string_view(file.name));
  });
  return files;
}

}  // namespace millrace::file

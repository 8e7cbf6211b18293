#include "core/system/file_system.hpp"

namespace millrace {

std::string FileSystem::read(const Path& path) const {
  const std::unique_ptr<ReadableFile> file = open(path);
  std::string content(file->size(), '\0');
  file->read_at(0, content.data(), content.size());
  return content;
}

}  // namespace millrace

#pragma once

#include "core/system/file_system.hpp"

namespace millrace {

// The machine's files. Descriptors are closed on exec; new files have mode 0600.
class PosixFileSystem final : public FileSystem {
 public:
  std::unique_ptr<WritableFile> create(const Path& path) override;
  std::unique_ptr<ReadableFile> open(const Path& path) const override;
  void rename(const Path& from, const Path& to) override;
  bool link(const Path& from, const Path& to) override;
  void remove(const Path& path) override;
  std::vector<std::string> list(const Path& directory) const override;
  void make_directories(const Path& directory) override;
  void sync_directory(const Path& directory) override;
  std::optional<FileStatus> status(const Path& path) const override;
  std::unique_ptr<FileLock> try_lock(const Path& path) override;
  std::uint32_t user() const override;
};

}  // namespace millrace

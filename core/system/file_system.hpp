#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

struct FileStatus {
  bool directory = false;
  std::uint64_t size = 0;
  std::int64_t modified_us = 0;
  std::uint32_t owner = 0;
  std::uint32_t mode = 0;  // permission bits only
};

// A new file while it is being written. The destructor closes without syncing.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  virtual void write(std::string_view bytes) = 0;  // all of them, or an Error
  // Makes the content durable. After an Error the content is lost: it must not be tried again,
  // since the kernel forgets the failed pages and would answer success.
  virtual void sync() = 0;
  virtual void close() = 0;
};

// A file opened for reading at any place. Reading is thread-safe.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  virtual std::uint64_t size() const = 0;  // when it was opened
  // Fills `to` from `offset` on; an Error if the file ends before.
  virtual void read_at(std::uint64_t offset, char* to, std::size_t bytes) const = 0;
};

// Held until destroyed, or until the process ends however it ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

// Every way in which the core touches files. Each function that cannot do its work throws an Error
// with the path and the system's reason. Links are not followed in the last part of a path.
class FileSystem {
 public:
  using Path = std::filesystem::path;

  virtual ~FileSystem() = default;

  // Creates a file that only its owner may read; an Error if the name exists.
  virtual std::unique_ptr<WritableFile> create(const Path& path) = 0;
  virtual std::unique_ptr<ReadableFile> open(const Path& path) const = 0;
  virtual void rename(const Path& from, const Path& to) = 0;
  // A second name for a file; an Error if the name exists. False where the disk has no such thing,
  // or not between these places.
  virtual bool link(const Path& from, const Path& to) = 0;
  virtual void remove(const Path& path) = 0;  // a file, or an empty directory
  // Names, without the directory, sorted by bytes.
  virtual std::vector<std::string> list(const Path& directory) const = 0;
  // Creates the directory and the missing ones above it, mode 0700, durably. Nothing if it exists.
  virtual void make_directories(const Path& directory) = 0;
  // Makes creations, renames and removals in the directory durable.
  virtual void sync_directory(const Path& directory) = 0;
  // Nothing if there is no such file.
  virtual std::optional<FileStatus> status(const Path& path) const = 0;
  // Takes the lock that the file stands for and writes into it who has it, for people; null if
  // another process, or another holder in this one, has it.
  virtual std::unique_ptr<FileLock> try_lock(const Path& path) = 0;
  // The user that this process acts as.
  virtual std::uint32_t user() const = 0;

  bool exists(const Path& path) const { return status(path).has_value(); }
  std::string read(const Path& path) const;  // the whole file
};

}  // namespace millrace

#include "core/system/posix_file_system.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "millrace/error.hpp"

#include "core/system/posix_descriptor.hpp"

namespace millrace {
namespace {

using Path = FileSystem::Path;

[[noreturn]] void fail(const char* action, const Path& path, int reason = errno) {
  throw Error::external(std::string("cannot ") + action + " " + path.string() + ": " +
                        std::generic_category().message(reason));
}

Descriptor open_or_fail(const char* action, const Path& path, int flags, mode_t mode = 0) {
  Descriptor descriptor(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!descriptor.valid()) fail(action, path);
  return descriptor;
}

struct stat status_or_fail(const Descriptor& descriptor, const Path& path) {
  struct stat found {};
  if (fstat(descriptor.get(), &found) != 0) fail("inspect", path);
  return found;
}

// A call that writes may take only a part; the rest is given again. fsync is never repeated.
void write_all(const Descriptor& descriptor, std::string_view bytes, const Path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(Descriptor descriptor, Path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  void write(std::string_view bytes) override { write_all(descriptor_, bytes, path_); }
  void sync() override {
    if (fsync(descriptor_.get()) != 0) fail("make durable", path_);
  }
  void close() override {
    // The descriptor is gone whatever close answers, so it is never closed twice.
    if (::close(descriptor_.release()) != 0 && errno != EINTR) fail("close", path_);
  }

 private:
  Descriptor descriptor_;
  const Path path_;
};

class PosixReadableFile final : public ReadableFile {
 public:
  PosixReadableFile(Descriptor descriptor, Path path)
      : descriptor_(std::move(descriptor)),
        path_(std::move(path)),
        size_(static_cast<std::uint64_t>(status_or_fail(descriptor_, path_).st_size)) {}

  std::uint64_t size() const override { return size_; }

  void read_at(std::uint64_t offset, char* to, std::size_t bytes) const override {
    while (bytes > 0) {
      const ssize_t got = pread(descriptor_.get(), to, bytes, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("read", path_);
      if (got == 0) {
        throw Error::external("cannot read " + path_.string() + ": it ends at byte " +
                              std::to_string(offset) + ", before what is wanted");
      }
      offset += static_cast<std::uint64_t>(got);
      to += got;
      bytes -= static_cast<std::size_t>(got);
    }
  }

 private:
  const Descriptor descriptor_;
  const Path path_;
  const std::uint64_t size_;
};

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "an unknown host";
  return name.data();
}

// flock belongs to the open file, so the kernel lets go of it when the process dies.
class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  const Descriptor descriptor_;
};

}  // namespace

std::unique_ptr<WritableFile> PosixFileSystem::create(const Path& path) {
  return std::make_unique<PosixWritableFile>(
      open_or_fail("create", path, O_WRONLY | O_CREAT | O_EXCL, 0600), path);
}

std::unique_ptr<ReadableFile> PosixFileSystem::open(const Path& path) const {
  // Without O_NONBLOCK a pipe in the place of a file would stop us here for ever.
  return std::make_unique<PosixReadableFile>(open_or_fail("open", path, O_RDONLY | O_NONBLOCK),
                                             path);
}

void PosixFileSystem::rename(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail("rename to its final name", to);
}

bool PosixFileSystem::link(const Path& from, const Path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return true;
  for (const int none : {EXDEV, EPERM, EOPNOTSUPP, ENOSYS, EMLINK})
    if (errno == none) return false;
  fail("link", to);
}

void PosixFileSystem::remove(const Path& path) {
  if (::remove(path.c_str()) != 0) fail("remove", path);
}

std::vector<std::string> PosixFileSystem::list(const Path& directory) const {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(directory.c_str()), closedir);
  if (!entries) fail("list", directory);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) fail("list", directory);
  std::sort(names.begin(), names.end());
  return names;
}

void PosixFileSystem::make_directories(const Path& directory) {
  const Path clean = directory.lexically_normal();
  const std::optional<FileStatus> found = status(clean);
  if (found && found->directory) return;
  if (found && !std::filesystem::is_directory(clean)) fail("create", clean, ENOTDIR);
  if (found) return;  // a link to a directory
  const Path above = clean.has_parent_path() ? clean.parent_path() : Path(".");
  if (above != clean) make_directories(above);
  if (mkdir(clean.c_str(), 0700) != 0) {
    if (errno != EEXIST) fail("create", clean);
    return;
  }
  sync_directory(above);
}

void PosixFileSystem::sync_directory(const Path& directory) {
  const Descriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.valid()) fail("open", directory);
  if (fsync(descriptor.get()) != 0) fail("make durable", directory);
}

std::optional<FileStatus> PosixFileSystem::status(const Path& path) const {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    fail("inspect", path);
  }
  FileStatus result;
  result.directory = S_ISDIR(found.st_mode);
  result.size = static_cast<std::uint64_t>(found.st_size);
  result.modified_us = static_cast<std::int64_t>(found.st_mtim.tv_sec) * 1000000 +
                       static_cast<std::int64_t>(found.st_mtim.tv_nsec) / 1000;
  result.owner = found.st_uid;
  result.mode = found.st_mode & 07777;
  return result;
}

std::unique_ptr<FileLock> PosixFileSystem::try_lock(const Path& path) {
  Descriptor descriptor = open_or_fail("open", path, O_RDWR | O_CREAT, 0600);
  if (flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return nullptr;
    fail("lock", path);
  }
  if (ftruncate(descriptor.get(), 0) != 0) fail("write", path);
  write_all(descriptor, "process " + std::to_string(getpid()) + " on " + host_name() + "\n", path);
  return std::make_unique<PosixFileLock>(std::move(descriptor));
}

std::uint32_t PosixFileSystem::user() const { return geteuid(); }

}  // namespace millrace

#include "plugins/file/open_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace millrace::file {
namespace {

struct stat status_of(int descriptor, const std::string& path) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw file_error("cannot look at", path, errno);
  return status;
}

}  // namespace

Error file_error(const std::string& what, const std::string& path, int error_number) {
  const std::string message =
      what + " " + path + ": " + std::generic_category().message(error_number);
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EACCES:
    case EPERM:
    case ELOOP:
    case ENAMETOOLONG:
    case EROFS:
      return Error::user(message).about("path");
    default:
      return Error::external(message);
  }
}

OpenFile::OpenFile(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw file_error("cannot read", path, errno);
}

OpenFile::~OpenFile() { ::close(descriptor_); }

int64_t OpenFile::size() const { return status_of(descriptor_, path_).st_size; }

int64_t OpenFile::modified_us() const {
  const auto time = status_of(descriptor_, path_).st_mtim;
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1'000;
}

int64_t OpenFile::identity() const {
  return static_cast<int64_t>(status_of(descriptor_, path_).st_ino);
}

size_t OpenFile::read_at(int64_t offset, char* to, size_t most) const {
  size_t done = 0;
  while (done < most) {
    const auto count =
        ::pread(descriptor_, to + done, most - done, offset + static_cast<int64_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw file_error("cannot read", path_, errno);
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  return done;
}

}  // namespace millrace::file

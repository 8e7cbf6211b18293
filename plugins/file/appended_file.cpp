#include "plugins/file/appended_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/file/open_file.hpp"

namespace millrace::file {
namespace {

class Appender {
 public:
  explicit Appender(const std::string& path)
      : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) throw file_error("cannot write", path_, errno);
  }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  ~Appender() { ::close(descriptor_); }

  void cut(int64_t length) {
    if (::ftruncate(descriptor_, length) != 0) throw file_error("cannot cut", path_, errno);
    at_ = length;
  }
  void append(const char* bytes, size_t size) {
    for (size_t done = 0; done < size;) {
      const auto count = ::pwrite(descriptor_, bytes + done, size - done, at_);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw file_error("cannot write", path_, errno);
      done += static_cast<size_t>(count);
      at_ += count;
    }
  }
  void flush() {
    if (::fsync(descriptor_) != 0) throw file_error("cannot flush", path_, errno);
  }

 private:
  const std::string& path_;
  int descriptor_;
  int64_t at_ = 0;
};

void copy(const std::string& from, Appender& to) {
  const OpenFile file(from);
  std::string piece(256 * 1024, '\0');
  for (int64_t at = 0;;) {
    const auto count = file.read_at(at, piece.data(), piece.size());
    if (count == 0) return;
    to.append(piece.data(), count);
    at += static_cast<int64_t>(count);
  }
}

// How many of the parts are still there; some only when their removal was interrupted.
size_t count_present(const std::vector<Part>& parts, const PartDirectory& directory) {
  size_t present = 0;
  for (const auto& part : parts)
    present += ::access(directory.hidden_path(part.name).c_str(), F_OK) == 0;
  return present;
}

void remove_parts(const std::vector<Part>& parts, const PartDirectory& directory) {
  for (const auto& part : parts) ::unlink(directory.hidden_path(part.name).c_str());
}

}  // namespace

int64_t length_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status.st_size;
  if (errno == ENOENT) return 0;
  throw file_error("cannot look at", path, errno);
}

void append_parts(const std::string& path, int64_t length, std::string_view head,
                  const std::vector<Part>& parts, const PartDirectory& directory, bool replaces) {
  if (length > 0) head = {};
  auto added = static_cast<int64_t>(head.size());
  for (const auto& part : parts) added += part.size;
  const int64_t now = length_of(path);
  if (count_present(parts, directory) < parts.size()) {
    // Parts are removed only after all of them are in the file.
    if (now >= length + added) return remove_parts(parts, directory);
    throw Error::data("a part of a committed epoch, which belongs at byte " +
                      std::to_string(length) + " of " + path +
                      ", is lost; restore the file, or start with a new checkpoint");
  }
  if (!replaces && (now < length || now > length + added))
    throw Error::data(path + " was changed by somebody else: it had " + std::to_string(length) +
                      " bytes when the epoch was written, and has " + std::to_string(now) +
                      "; it belongs to this pipeline alone");
  Appender file(path);
  file.cut(length);
  file.append(head.data(), head.size());
  for (const auto& part : parts) copy(directory.hidden_path(part.name), file);
  file.flush();
  sync_directory(directory.path());
  remove_parts(parts, directory);
}

}  // namespace millrace::file

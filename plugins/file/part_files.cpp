#include "plugins/file/part_files.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

#include "plugins/file/open_file.hpp"

namespace millrace::file {
namespace {

constexpr size_t buffer_bytes = 256 * 1024;

std::string padded(int64_t number, size_t width) {
  const auto digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

void sync_directory(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw file_error("cannot open", directory, errno);
  const int result = ::fsync(descriptor);
  const int reason = errno;
  ::close(descriptor);
  if (result != 0) throw file_error("cannot flush", directory, reason);
}

void make_directories(const std::string& directory) {
  if (exists(directory)) return;
  const auto above = std::filesystem::path(directory).parent_path().string();
  if (!above.empty()) make_directories(above);
  std::error_code error;
  std::filesystem::create_directory(directory, error);
  if (error) throw file_error("cannot make the directory", directory, error.value());
  sync_directory(above.empty() ? "." : above);
}

PartFile::PartFile(std::string path)
    : path_(std::move(path)),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) throw file_error("cannot write", path_, errno);
}

PartFile::~PartFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void PartFile::append(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= buffer_bytes) flush();
}

void PartFile::flush() {
  for (size_t done = 0; done < buffer_.size();) {
    const auto count = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw file_error("cannot write", path_, errno);
    done += static_cast<size_t>(count);
  }
  size_ += static_cast<int64_t>(buffer_.size());
  buffer_.clear();
}

void PartFile::finish() {
  flush();
  if (::fsync(descriptor_) != 0) throw file_error("cannot flush", path_, errno);
  // Some file systems report a failed write only here.
  if (::close(std::exchange(descriptor_, -1)) != 0) throw file_error("cannot finish", path_, errno);
}

void PartFile::remove() { ::unlink(path_.c_str()); }

std::string PartDirectory::prefix_of(Epoch epoch) const {
  return stem_ + "-" + padded(epoch, 10) + "-";
}

std::string PartDirectory::name_of(Epoch epoch, int partition) const {
  return prefix_of(epoch) + padded(partition, 5) + extension_;
}

void PartDirectory::remove_hidden(Epoch epoch) const {
  if (!exists(directory_)) return;
  const auto prefix = "." + prefix_of(epoch);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(".tmp") && ::unlink(entry.path().c_str()) != 0 &&
        errno != ENOENT)
      throw file_error("cannot remove", entry.path().string(), errno);
  }
  if (error) throw file_error("cannot list", directory_, error.value());
}

std::vector<std::string> PartDirectory::show(const std::vector<Part>& parts) const {
  std::vector<std::string> taken;
  if (parts.empty()) return taken;
  for (const auto& part : parts) {
    const auto from = hidden_path(part.name);
    const auto to = visible_path(part.name);
    if (std::rename(from.c_str(), to.c_str()) == 0) continue;
    const int reason = errno;
    if (reason == ENOENT && exists(to)) continue;
    if (reason != ENOENT) throw file_error("cannot rename to", to, reason);
    // Hidden parts are durable before the epoch is, so it had its name before: a reader took it.
    taken.push_back(part.name);
  }
  sync_directory(directory_);
  return taken;
}

}  // namespace millrace::file

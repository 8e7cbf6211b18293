#pragma once
#include "core/system/file_system.hpp"

namespace millrace::simulation {

/// A disk that answers "durable" and does nothing: broken on purpose.
class UnsyncedFiles final : public FileSystem {
 public:
  explicit UnsyncedFiles(FileSystem& files) : files_(files) {}

  std::unique_ptr<WritableFile> create(const Path& path) override {
    return std::make_unique<Unsynced>(files_.create(path));
  }
  std::unique_ptr<ReadableFile> open(const Path& path) const override { return files_.open(path); }
  void rename(const Path& from, const Path& to) override { files_.rename(from, to); }
  bool link(const Path& from, const Path& to) override { return files_.link(from, to); }
  void remove(const Path& path) override { files_.remove(path); }
  std::vector<std::string> list(const Path& directory) const override {
    return files_.list(directory);
  }
  void make_directories(const Path& directory) override { files_.make_directories(directory); }
  void sync_directory(const Path& directory) override { files_.sync_directory(directory); }
  std::optional<FileStatus> status(const Path& path) const override { return files_.status(path); }
  std::unique_ptr<FileLock> try_lock(const Path& path) override { return files_.try_lock(path); }
  std::uint32_t user() const override { return files_.user(); }

 private:
  class Unsynced final : public WritableFile {
   public:
    explicit Unsynced(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}
    void write(std::string_view bytes) override { file_->write(bytes); }
    void sync() override {}
    void close() override { file_->close(); }

   private:
    std::unique_ptr<WritableFile> file_;
  };

  FileSystem& files_;
};

}  // namespace millrace::simulation

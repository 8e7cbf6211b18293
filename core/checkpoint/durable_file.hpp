#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/system/file_system.hpp"

namespace millrace {

// A file that appears under its name whole and durable, or not at all. It is written under a name
// that ends in ".tmp", synced and renamed, and the directory is synced: each step is needed against
// the loss of power. An error of any step means that it is not known whether the file will be there
// after a restart; nothing is tried again. What was not published is removed, now or at the start.
class DurableFile {
 public:
  DurableFile(FileSystem& files, const std::filesystem::path& directory, const std::string& name);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  WritableFile& content() { return *file_; }
  const std::string& name() const { return name_; }

  void publish();

 private:
  FileSystem& files_;
  const std::filesystem::path directory_;
  const std::string name_;
  const std::filesystem::path temporary_;
  std::unique_ptr<WritableFile> file_;
  bool renamed_ = false;
};

}  // namespace millrace

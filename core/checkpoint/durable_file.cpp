#include "core/checkpoint/durable_file.hpp"

#include "millrace/error.hpp"

#include "core/checkpoint/recovery.hpp"

namespace millrace {

DurableFile::DurableFile(FileSystem& files, const std::filesystem::path& directory,
                         const std::string& name)
    : files_(files),
      directory_(directory),
      name_(name),
      temporary_(directory / (name + std::string(temporary_ending))),
      file_(files.create(temporary_)) {}

DurableFile::~DurableFile() {
  if (renamed_) return;
  file_.reset();
  try {
    files_.remove(temporary_);
  } catch (...) {
    // The next start removes it; why the file was given up is more worth telling.
  }
}

void DurableFile::publish() {
  file_->sync();
  file_->close();
  files_.rename(temporary_, directory_ / name_);
  renamed_ = true;
  files_.sync_directory(directory_);
}

}  // namespace millrace

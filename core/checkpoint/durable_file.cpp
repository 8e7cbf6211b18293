#include "core/checkpoint/durable_file.hpp"

#include "millrace/crash_point.hpp"
#include "millrace/error.hpp"

#include "core/checkpoint/recovery.hpp"

namespace millrace {
namespace {

// "plan" for EPOCH-RUN.plan, "notes" for EPOCH-RUN.notes.1: where a crash test ends the process, by
// what is being written.
std::string_view kind_in(std::string_view name) {
  const std::size_t begin = name.find('.') + 1;
  return name.substr(begin, name.find('.', begin) - begin);
}

}  // namespace

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
  const std::string_view kind = kind_in(name_);
  CrashPoint::reach(kind, "written");
  file_->sync();
  file_->close();
  CrashPoint::reach(kind, "synced");
  files_.rename(temporary_, directory_ / name_);
  renamed_ = true;
  CrashPoint::reach(kind, "renamed");
  files_.sync_directory(directory_);
  CrashPoint::reach(kind, "durable");
}

}  // namespace millrace

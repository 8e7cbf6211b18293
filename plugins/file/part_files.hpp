#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/context.hpp"

namespace millrace::file {

// Flushes a directory, so that names made, changed or removed in it survive a loss of power.
void sync_directory(const std::string& directory);
// Makes a directory and those above it, durably.
void make_directories(const std::string& directory);

// A file that one writer fills in one epoch, hidden until the epoch is committed.
class PartFile {
 public:
  // Replaces what an earlier run of the epoch may have left there.
  explicit PartFile(std::string path);
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile();

  void append(std::string_view bytes);
  void append_line(std::string_view line) {
    append(line);
    append("\n");
  }
  // Flushes to the disk.
  void finish();
  void remove();
  const std::string& path() const { return path_; }
  int64_t size() const { return size_; }

 private:
  void flush();

  std::string path_;
  int descriptor_;
  std::string buffer_;
  int64_t size_ = 0;
};

// A part of an epoch that is complete, on disk, under a hidden name.
struct Part {
  std::string name;  // That it will have: "part-0000000003-00000.jsonl".
  int64_t size = 0;
};

// Parts of epochs in one directory. Names begin with the epoch, so that they sort in its order.
class PartDirectory {
 public:
  // `stem` begins every name: "part", or "rejects.jsonl.part".
  PartDirectory(std::string directory, std::string stem, std::string extension)
      : directory_(std::move(directory)),
        stem_(std::move(stem)),
        extension_(std::move(extension)) {}

  const std::string& path() const { return directory_; }
  std::string name_of(Epoch epoch, int partition) const;
  std::string visible_path(const std::string& name) const { return directory_ + "/" + name; }
  std::string hidden_path(const std::string& name) const {
    return directory_ + "/." + name + ".tmp";
  }
  // Removes every hidden part of the epoch.
  void remove_hidden(Epoch epoch) const;
  // Gives parts their names. What has it already stays as it is. The names of parts that had theirs
  // and are gone: readers may move what they have read.
  std::vector<std::string> show(const std::vector<Part>& parts) const;

 private:
  std::string prefix_of(Epoch epoch) const;

  std::string directory_;
  std::string stem_;
  std::string extension_;
};

}  // namespace millrace::file

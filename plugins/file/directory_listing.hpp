#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace millrace::file {

struct ListedFile {
  std::string name;  // Without the directory.
  uint64_t hash;     // SeenFiles::hash_of(name)
  int64_t size;
  int64_t modified_ns;
};

// The regular files of a directory whose names match a pattern of the shell ("*.jsonl"; empty:
// all), oldest first and by name among equals. Names that begin with `.` or `_` or end in `.tmp`
// are left out: files are written under such names, and renamed when they are complete.
std::vector<ListedFile> list_directory(const std::string& directory, const std::string& pattern);

}  // namespace millrace::file

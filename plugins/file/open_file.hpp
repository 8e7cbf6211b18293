#pragma once
#include <cstdint>
#include <string>

#include "millrace/error.hpp"

namespace millrace::file {

// What went wrong with a file, by errno. What a person has to set right, such as a missing file or
// permission, is blamed on the configuration; the rest may go away.
Error file_error(const std::string& what, const std::string& path, int error_number);

// A file that is open for reading.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path);
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  int64_t size() const;
  int64_t modified_us() const;
  // What tells this file from another one that takes its name.
  int64_t identity() const;
  // Up to `most` bytes from `offset` on; fewer only at the file's end.
  size_t read_at(int64_t offset, char* to, size_t most) const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace millrace::file

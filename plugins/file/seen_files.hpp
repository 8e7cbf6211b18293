#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::file {

// The files of a directory that have been read, each kept as 8 bytes: a hash of its name. A rule
// such as "newer than the last one" would be smaller, but would miss a file that arrives with an
// older time, as files moved or unpacked do.
class SeenFiles {
 public:
  // Reads what to_text() wrote. Throws Error::user on anything else.
  static SeenFiles from_text(std::string_view text);
  std::string to_text() const;  // Base64.

  static uint64_t hash_of(std::string_view name);
  bool contains(uint64_t hash) const;
  size_t size() const { return hashes_.size(); }

  void add(std::vector<uint64_t> hashes);
  // Forgets those that are not among `present`.
  void keep_only(std::vector<uint64_t> present);

 private:
  std::vector<uint64_t> hashes_;  // Sorted, each once.
};

}  // namespace millrace::file

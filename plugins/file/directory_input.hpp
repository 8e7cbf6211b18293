#pragma once
#include <string>
#include <vector>

#include "plugins/file/directory_listing.hpp"
#include "plugins/file/input.hpp"
#include "plugins/file/seen_files.hpp"

namespace millrace::file {

struct DirectoryLimits {
  int64_t files = 0;  // Per epoch; 0: no limit.
  int64_t bytes = 0;
};

// A directory: each file is read once, whole, in the order of list_directory().
//
// A position is {"seen": SeenFiles as text}. A target is the same for the files that are there.
class DirectoryInput final : public Input {
 public:
  DirectoryInput(std::string directory, std::string pattern, DirectoryLimits limits)
      : directory_(std::move(directory)),
        pattern_(std::move(pattern)),
        limits_(limits),
        configured_(limits) {}

  std::string latest(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override;
  void limit(int64_t bytes) override { limits_.bytes = lower_limit(configured_.bytes, bytes); }
  int64_t first_line(const Range&) const override { return 1; }
  std::string path_of(const Range& range) const override;

 private:
  // The files of `target`, from memory when the last look made it.
  std::vector<ListedFile> files_of(const std::string& target);

  std::string directory_;
  std::string pattern_;
  DirectoryLimits limits_;
  DirectoryLimits configured_;
  std::string listed_target_;
  std::vector<ListedFile> listed_;
};

}  // namespace millrace::file

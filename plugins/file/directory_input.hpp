#pragma once
#include <optional>
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

// A directory: each file is read once, in the order of list_directory(). Whole, unless it is too
// large for what the engine lets an epoch take: then line by line, in parts.
//
// A position is {"seen": SeenFiles as text}, and where a file is read in part "part": {"name",
// "hash", "offset", "line"}: the name is there to be shown, since what is no UTF-8 in it is
// replaced. A target is {"seen"} of the files that are there. A range of a part that does not begin
// the file is named NAME/LINE, as no file can be.
class DirectoryInput final : public Input {
 public:
  DirectoryInput(std::string directory, std::string pattern, DirectoryLimits limits)
      : directory_(std::move(directory)), pattern_(std::move(pattern)), limits_(limits) {}

  std::string latest(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override;
  void limit(int64_t bytes) override { part_bytes_ = bytes; }
  int64_t first_line(const Range& range) const override;
  std::string path_of(const Range& range) const override;

 private:
  struct Part {
    std::string name;
    uint64_t hash = 0;  // SeenFiles::hash_of(), by which the file is found again.
    int64_t offset = 0;
    int64_t line = 1;
  };
  struct Position {
    SeenFiles seen;
    std::optional<Part> part;  // of the file that is not read to its end

    static Position from(const std::string& text);
    std::string text() const;
  };
  // What a plan has taken so far.
  struct Taken {
    std::vector<Range> ranges;
    std::vector<uint64_t> whole;
    std::optional<Part> part;
    int64_t bytes = 0;
  };

  // False: there is no room for it.
  bool take(const ListedFile& file, const Part& from, Taken& taken, bool without_limit) const;
  std::string path_of(const std::string& name) const;
  // The files of `target`, from memory when the last look made it.
  std::vector<ListedFile> files_of(const std::string& target);

  std::string directory_;
  std::string pattern_;
  DirectoryLimits limits_;
  int64_t part_bytes_ = 0;  // what the engine lets an epoch take; 0: no limit
  std::string listed_target_;
  std::vector<ListedFile> listed_;
};

}  // namespace millrace::file

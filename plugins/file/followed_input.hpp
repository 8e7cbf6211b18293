#pragma once
#include <functional>
#include <string>

#include "plugins/file/input.hpp"
#include "plugins/file/open_file.hpp"

namespace millrace::file {

// One file that grows: what is appended is read, line by line.
//
// A position is {"offset", "line" (number of the line there), "open" (whether the line before it
// has no newline yet), "head" (a hash of the file's first bytes) and "head_size"}. The hash tells
// a file that was replaced from one that grew.
//
// A last line without a newline may be half of what its writer is about to write. It is read when
// the file rests for a second, when it is all that a new file holds, or when the pipeline wants to
// end: an epoch without limit, or one more epoch up to an end that was reached already.
class FollowedInput final : public Input {
 public:
  FollowedInput(std::string path, int64_t max_bytes, std::function<int64_t()> now_us)
      : path_(std::move(path)),
        max_bytes_(max_bytes),
        limit_(max_bytes),
        now_us_(std::move(now_us)) {}

  std::string latest(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override;
  void limit(int64_t bytes) override { limit_ = lower_limit(max_bytes_, bytes); }
  int64_t first_line(const Range& range) const override;
  std::string path_of(const Range&) const override { return path_; }

 private:
  struct Position;
  struct Target;

  Position read_position(const std::string& text) const;
  void check_same_file(const OpenFile& file, const Position& position) const;
  bool takes_open_line(const OpenFile& file, int64_t start, const Target& target, bool is_first,
                       bool without_limit) const;

  std::string path_;
  int64_t max_bytes_;  // as configured
  int64_t limit_;      // of it and of the engine's the lower one
  std::function<int64_t()> now_us_;
  int64_t looks_ = 0;
  int64_t planned_look_ = -1;
};

}  // namespace millrace::file

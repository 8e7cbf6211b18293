#pragma once
#include <string>

#include "plugins/file/input.hpp"

namespace millrace::file {

// One file, read once as it is at the first look. A position is {"read": its size}, and "offset"
// and "line" as long as only a part of it is read, since the engine lets an epoch take no more.
class WholeFileInput final : public Input {
 public:
  explicit WholeFileInput(std::string path) : path_(std::move(path)) {}

  std::string latest(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override;
  void limit(int64_t bytes) override { limit_ = bytes; }
  int64_t first_line(const Range& range) const override;
  std::string path_of(const Range&) const override { return path_; }

 private:
  std::string path_;
  int64_t limit_ = 0;
};

}  // namespace millrace::file

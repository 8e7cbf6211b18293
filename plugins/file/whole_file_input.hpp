#pragma once
#include <string>

#include "plugins/file/input.hpp"

namespace millrace::file {

// One file, read once as it is at the first look. A position is {"read": its size}.
class WholeFileInput final : public Input {
 public:
  explicit WholeFileInput(std::string path) : path_(std::move(path)) {}

  std::string latest(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override;
  int64_t first_line(const Range&) const override { return 1; }
  std::string path_of(const Range&) const override { return path_; }

 private:
  std::string path_;
};

}  // namespace millrace::file

#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "millrace/settings.hpp"
#include "millrace/source.hpp"

#include "plugins/file/input.hpp"

namespace millrace::file {

struct FileSourceSettings {
  std::string path;
  std::string pattern;
  int64_t max_files_per_trigger = 0;
  ByteSize max_bytes_per_trigger;
  bool header = false;
  bool skip_blank_lines = true;
  bool follow = true;
};

// Lines of a file, or of every file of a directory.
class FileSource final : public Source {
 public:
  FileSource(FileSourceSettings settings, Context context);

  Schema schema() const override;
  std::string latest(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override {
    return input().plan(position, target, without_limit);
  }
  void limit(int64_t size) override { input().limit(size); }
  std::unique_ptr<Reader> open(const Range& range, const std::vector<int>& columns) override;

 private:
  // Chosen at first use, since what is at the path may not be looked at before.
  Input& input();
  std::unique_ptr<Input> make_input() const;
  bool is_there() const;

  FileSourceSettings settings_;
  Context context_;
  std::once_flag looked_;
  std::unique_ptr<Input> input_;
};

}  // namespace millrace::file

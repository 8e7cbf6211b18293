#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugins/file/file_source.hpp"
#include "tests/support/plugin/fake_host.hpp"
#include "tests/support/plugin/scratch_directory.hpp"

namespace millrace::file {

// A file source as an engine drives it, epoch by epoch.
class SourceRun {
 public:
  SourceRun(testing::FakeHost& host, FileSourceSettings settings)
      : source_(std::make_unique<FileSource>(std::move(settings), host.context())) {}

  // Looks where the input ends, as most triggers do before every epoch.
  SourceRun& look() {
    target_ = source_->latest(position);
    return *this;
  }
  // The lines of the next epoch, each followed by "|"; "nothing" when there is none.
  std::string epoch(bool without_limit = false) {
    plan = source_->plan(position, target_, without_limit);
    if (plan.ranges.empty() && plan.position == position) return "nothing";
    position = plan.position;
    std::string text;
    for (const auto& range : plan.ranges) text += lines(range);
    return text;
  }
  std::string lines(const Range& range) {
    std::string text;
    const auto reader = source_->open(range, {0});
    for (Batch batch; reader->read(0, batch) == Read::rows;)
      for (const Row row : batch) text += std::string(row.text(0)) + "|";
    return text;
  }
  FileSource& source() { return *source_; }

  std::string position;
  InputPlan plan;

 private:
  std::unique_ptr<FileSource> source_;
  std::string target_;
};

template <class Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace millrace::file

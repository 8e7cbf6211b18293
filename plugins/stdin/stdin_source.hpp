#pragma once
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/source.hpp"

#include "plugins/stdin/line_buffer.hpp"

namespace millrace {

struct StdinSettings {
  bool skip_blank_lines = true;
};

// Lines of standard input. A pipe cannot be read twice: lines are held until their epoch is
// committed, and a crash loses those of the epoch that was running.
//
// There is always more input until the pipe ends. So the first epoch, and any epoch of a run that
// ends where the input ends (`available_now`), waits for lines; `once` waits for the end.
//
// A position is {"line": the number of the next line}, counted over all runs of a checkpoint.
class StdinSource final : public Source {
 public:
  StdinSource(const StdinSettings& settings, Context context);
  // Reads from `descriptor` in place of standard input.
  StdinSource(const StdinSettings& settings, Context context, int descriptor);
  ~StdinSource() override;

  Schema schema() const override;
  std::string latest(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override;
  void limit(int64_t lines) override;
  void committed(const std::string& position) override;
  std::unique_ptr<Reader> open(const Range& range, const std::vector<int>& columns) override;

 private:
  void start(int64_t first_line);
  void read_all();

  StdinSettings settings_;
  Context context_;
  int descriptor_;
  int wake_[2] = {-1, -1};  // A pipe: its end tells the thread to stop.
  int64_t first_line_ = 0;
  int64_t looks_ = 0;
  int64_t limit_ = 0;
  std::string planned_target_;
  std::unique_ptr<LineBuffer> lines_;
  std::thread thread_;
};

}  // namespace millrace

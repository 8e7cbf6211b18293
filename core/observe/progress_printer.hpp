#pragma once
// One line about the progress every ten seconds, for people and for log collectors.

#include <cstdint>
#include <optional>
#include <string>

#include "core/observe/epoch_progress.hpp"
#include "core/observe/log.hpp"

namespace millrace::observe {

class ProgressPrinter {
 public:
  static constexpr int64_t interval_us = 10'000'000;

  explicit ProgressPrinter(Log& log) : log_(log) {}

  /// Adds one epoch; prints when the interval has passed since the last line. Not for several
  /// threads at once.
  void epoch(const EpochProgress& progress, int64_t now_us);

  /// The last line of a run: what it read and wrote since the start.
  void finished(int64_t now_us);

 private:
  void print(const EpochProgress& progress, int64_t now_us);

  Log& log_;
  std::optional<int64_t> first_us_;
  std::optional<int64_t> printed_us_;
  int64_t rows_since_print_ = 0;
  int64_t late_since_print_ = 0;
  int64_t rows_ = 0;
  int64_t written_ = 0;
  int64_t late_ = 0;
  int64_t epochs_ = 0;
};

}  // namespace millrace::observe

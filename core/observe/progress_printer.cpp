#include "core/observe/progress_printer.hpp"

#include <algorithm>

#include "core/observe/number_text.hpp"

namespace millrace::observe {
namespace {

int64_t lag(const EpochProgress& progress) {
  int64_t records = 0;
  for (const auto& source : progress.sources) {
    for (const auto& part : source.partitions) {
      records += std::max<int64_t>(0, part.latest_offset - part.committed_offset);
    }
  }
  return records;
}

struct StateSize {
  int64_t rows = 0;
  int64_t bytes = 0;
};

StateSize state_size(const EpochProgress& progress) {
  StateSize size;
  for (const auto& state : progress.state_operators) {
    size.rows += state.num_rows_total;
    size.bytes += state.memory_used_bytes;
  }
  return size;
}

std::string seconds_text(int64_t duration_us) {
  std::string text = std::to_string(static_cast<double>(duration_us) / 1e6);
  return text.substr(0, text.size() - 3);  // Milliseconds.
}

std::string terminal_text(const EpochProgress& progress, double rows_per_second, int64_t late,
                          int64_t now_us) {
  const StateSize state = state_size(progress);
  std::string text = "epoch " + std::to_string(progress.epoch) + " · " +
                     short_count_text(rows_per_second) + " records/s in · lag " +
                     count_text(lag(progress));
  if (progress.event_time.watermark_us) {
    text += " · watermark -" + duration_text(now_us - *progress.event_time.watermark_us);
  }
  return text + " · late " + count_text(late) + " · state " +
         short_count_text(static_cast<double>(state.rows)) + " rows, " + bytes_text(state.bytes) +
         " · " + duration_text(progress.phases.total_us);
}

}  // namespace

void ProgressPrinter::epoch(const EpochProgress& progress, int64_t now_us) {
  if (!first_us_) {
    first_us_ = progress.timestamp_us;
    printed_us_ = progress.timestamp_us;
  }
  rows_since_print_ += progress.num_input_rows;
  rows_ += progress.num_input_rows;
  ++epochs_;
  for (const auto& sink : progress.sinks) written_ += sink.num_output_rows;
  for (const auto& state : progress.state_operators) {
    late_ += state.num_late_rows;
    late_since_print_ += state.num_late_rows;
  }
  if (now_us - *printed_us_ >= interval_us) print(progress, now_us);
}

void ProgressPrinter::print(const EpochProgress& progress, int64_t now_us) {
  const double rows_per_second =
      static_cast<double>(rows_since_print_) * 1e6 / static_cast<double>(now_us - *printed_us_);
  if (log_.terminal()) {
    log_.info(terminal_text(progress, rows_per_second, late_since_print_, now_us));
  } else {
    const auto& watermark = progress.event_time.watermark_us;
    log_.info("progress",
              {{"pipeline", progress.name},
               {"epoch", std::to_string(progress.epoch)},
               {"in_per_s", std::to_string(static_cast<int64_t>(rows_per_second))},
               {"lag", std::to_string(lag(progress))},
               {"watermark_delay_s", watermark ? seconds_text(now_us - *watermark) : "none"},
               {"late", std::to_string(late_since_print_)},
               {"state_rows", std::to_string(state_size(progress).rows)},
               {"epoch_s", seconds_text(progress.phases.total_us)}});
  }
  printed_us_ = now_us;
  rows_since_print_ = 0;
  late_since_print_ = 0;
}

void ProgressPrinter::finished(int64_t now_us) {
  const int64_t duration_us = first_us_ ? now_us - *first_us_ : 0;
  std::string text = count_text(rows_) + " records in " + duration_text(duration_us);
  if (duration_us > 0) {
    const double rate = static_cast<double>(rows_) * 1e6 / static_cast<double>(duration_us);
    text += " (" + short_count_text(rate) + " records/s)";
  }
  text += " · " + count_text(epochs_) + (epochs_ == 1 ? " epoch" : " epochs") + " · " +
          count_text(written_) + " records written · late " + count_text(late_);
  log_.step("Finished", text);
}

}  // namespace millrace::observe

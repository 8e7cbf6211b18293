#include "core/observe/progress_printer.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/observe/sample_pipeline.hpp"

namespace millrace::observe {
namespace {

using testing::HasSubstr;

constexpr int64_t second_us = 1'000'000;

TEST(ProgressPrinter, PrintsEveryTenSecondsWhatCameSinceTheLastLine) {
  std::ostringstream out;
  Log log({.level = LogLevel::info}, out);
  ProgressPrinter printer(log);
  EpochProgress progress = sample_progress();
  printer.epoch(progress, sample_time_us + second_us);
  printer.epoch(progress, sample_time_us + 9 * second_us);
  EXPECT_EQ(out.str(), "");
  printer.epoch(progress, sample_time_us + 10 * second_us);
  EXPECT_THAT(out.str(), HasSubstr("level=info msg=progress pipeline=wordcount epoch=7 in_per_s=60 "
                                   "lag=50 watermark_delay_s=610.000 late=12 state_rows=50 "
                                   "epoch_s=0.500\n"));
  out.str("");
  printer.epoch(progress, sample_time_us + 15 * second_us);
  EXPECT_EQ(out.str(), "");
  progress.event_time.watermark_us.reset();
  printer.epoch(progress, sample_time_us + 20 * second_us);
  EXPECT_THAT(out.str(), HasSubstr("in_per_s=40 lag=50 watermark_delay_s=none late=8 "));
}

TEST(ProgressPrinter, WritesOneLineForPeople) {
  std::ostringstream out;
  Log log({.level = LogLevel::info, .terminal = true}, out);
  ProgressPrinter printer(log);
  printer.epoch(sample_progress(), sample_time_us + 10 * second_us);
  EXPECT_EQ(out.str(),
            "epoch 7 · 20 records/s in · lag 50 · watermark -10 min · late 4 · state 50 rows, "
            "4.0 KiB · 0.50 s\n");
}

TEST(ProgressPrinter, SumsUpAtTheEnd) {
  std::ostringstream out;
  Log log({.level = LogLevel::info, .terminal = true}, out);
  ProgressPrinter printer(log);
  printer.epoch(sample_progress(), sample_time_us + second_us);
  printer.epoch(sample_progress(), sample_time_us + 2 * second_us);
  printer.finished(sample_time_us + 4 * second_us);
  EXPECT_EQ(out.str(),
            "   Finished 400 records in 4.00 s (100 records/s) · 2 epochs · 24 records written · "
            "late 8\n");
}

TEST(ProgressPrinter, CanFinishWithoutAnEpoch) {
  std::ostringstream out;
  Log log({.level = LogLevel::info, .terminal = true}, out);
  ProgressPrinter printer(log);
  printer.finished(sample_time_us);
  EXPECT_EQ(out.str(), "   Finished 0 records in 0 ms · 0 epochs · 0 records written · late 0\n");
}

}  // namespace
}  // namespace millrace::observe

#include "core/observe/log.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/observe/metrics.hpp"
#include "core/observe/start_lines.hpp"
#include "tests/unit/observe/sample_pipeline.hpp"

namespace millrace::observe {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

TEST(Log, WritesLogfmtForCollectors) {
  std::ostringstream out;
  Log log({.level = LogLevel::info}, out);
  log.warning("broker is not there", {{"retry", "3"}, {"host", "a b"}, {"empty", ""}});
  EXPECT_THAT(out.str(), MatchesRegex("time=[-0-9]+T[0-9:.]+Z level=warning "
                                      "msg=\"broker is not there\" retry=3 host=\"a b\" "
                                      "empty=\"\"\n"));
}

TEST(Log, WritesShortLinesForPeople) {
  std::ostringstream out;
  Log log({.level = LogLevel::info, .terminal = true}, out);
  log.info("all is well");
  log.error("it broke", {{"code", "3"}});
  EXPECT_EQ(out.str(), "all is well\nerror: it broke (code=3)\n");
}

TEST(Log, ColoursTheLevelOnly) {
  std::ostringstream out;
  Log log({.level = LogLevel::info, .terminal = true, .colour = true}, out);
  log.warning("slow");
  EXPECT_EQ(out.str(), "\x1b[1;33mwarning\x1b[0m: slow\n");
}

TEST(Log, QuietLeavesOutWhatIsBelowWarning) {
  std::ostringstream out;
  Log log({.level = LogLevel::warning, .terminal = true}, out);
  log.debug("a");
  log.info("b");
  log.step("Loaded", "c");
  log.warning("d");
  EXPECT_EQ(out.str(), "warning: d\n");
}

TEST(Log, DataCannotForgeLinesOrSteerTheTerminal) {
  std::ostringstream collector;
  Log logfmt({.level = LogLevel::info}, collector);
  logfmt.info("bad\nlevel=error msg=\"forged\"\x1b[2J");
  EXPECT_THAT(collector.str(), HasSubstr(R"(msg="bad\nlevel=error msg=\"forged\"\x1b[2J")"));
  std::ostringstream terminal;
  Log people({.level = LogLevel::info, .terminal = true}, terminal);
  people.info("\x1b[2J%s {} wiped");
  EXPECT_EQ(terminal.str(), "\\x1b[2J%s {} wiped\n");
}

TEST(Log, CountsByLevel) {
  std::ostringstream out;
  Log log({.level = LogLevel::info}, out);
  Metrics metrics(sample_pipeline());
  log.count_with(metrics.log_counters());
  log.warning("one");
  log.warning("two");
  log.debug("not written, not counted");
  const std::string text = metrics.expose();
  EXPECT_THAT(text,
              HasSubstr(R"(millrace_log_messages_total{pipeline="wordcount",level="warning"} 2)"));
  EXPECT_THAT(text,
              HasSubstr(R"(millrace_log_messages_total{pipeline="wordcount",level="debug"} 0)"));
}

TEST(StartLines, AreAlignedByTheirVerb) {
  std::ostringstream out;
  Log log({.level = LogLevel::info, .terminal = true}, out);
  log_loaded(log, {"wordcount.toml", 1, 3, 2, 4});
  log_loaded(log, {"copy.toml", 2, 0, 1, 1});
  log_restored(log, {4211, sample_time_us, 15204, 3'250'586, 38'000});
  log_restored(log, {0, std::nullopt, 0, 0, 1'000});
  log_serving(log, "http://127.0.0.1:9464");
  log_running(log, "every 5 s", "screen (update)");
  EXPECT_EQ(out.str(),
            "     Loaded wordcount.toml · 1 source → 3 transforms → 2 sinks · 4 plugins\n"
            "     Loaded copy.toml · 2 sources → 1 sink · 1 plugin\n"
            "   Restored epoch 4211 · watermark 2026-11-22T12:40:31.250Z · 15 204 rows of state, "
            "3.1 MiB · in 38 ms\n"
            "   Restored epoch 0 · 0 rows of state, 0 B · in 1 ms\n"
            "    Serving http://127.0.0.1:9464 · /metrics, /livez, /readyz, /healthz, "
            "/api/v1/progress\n"
            "    Running every 5 s · output to screen (update)\n");
}

}  // namespace
}  // namespace millrace::observe

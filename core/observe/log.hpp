#pragma once
// The log goes to stderr, so that stdout carries data only.

#include <array>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/observe/instruments.hpp"

namespace millrace::observe {

enum class LogLevel { debug, info, warning, error };
constexpr size_t log_level_count = 4;

std::string_view name_of(LogLevel level);

using LogField = std::pair<std::string_view, std::string>;

struct LogOptions {
  LogLevel level = LogLevel::info;  ///< `--quiet` is LogLevel::warning.
  bool terminal = false;            ///< Short lines for people; else logfmt with the time.
  bool colour = false;
};

class Log {
 public:
  explicit Log(LogOptions options);            ///< To stderr.
  Log(LogOptions options, std::ostream& out);  ///< For tests.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Options for this process's stderr: a terminal or not, NO_COLOR.
  static LogOptions options_for_stderr(bool quiet);

  void debug(std::string_view message, std::initializer_list<LogField> fields = {});
  void info(std::string_view message, std::initializer_list<LogField> fields = {});
  void warning(std::string_view message, std::initializer_list<LogField> fields = {});
  void error(std::string_view message, std::initializer_list<LogField> fields = {});
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

  /// A start line: `   Loaded wordcount.toml`. Left out by `--quiet`.
  void step(std::string_view verb, std::string_view text);

  /// Counts lines by level from now on; set before other threads log.
  void count_with(std::array<Counter, log_level_count> counters);

  bool terminal() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace millrace::observe

// Lines are made here; spdlog brings the levels, the lock and the stream.
//
// For a terminal:  "warning: broker is not there (retry=3)"
// Otherwise:       "time=2026-11-22T12:40:31.250Z level=warning msg=\"broker is not there\"
// retry=3"
#include "core/observe/log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <unistd.h>

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "millrace/error.hpp"

#include "core/observe/number_text.hpp"

namespace millrace::observe {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  throw Error::internal("a log level that spdlog does not have");
}

/// Text from data must not forge log lines or steer the terminal.
std::string without_control(std::string_view text, bool quoted) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string clean;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '\n') {
      clean += quoted ? "\\n" : "\n    ";
    } else if (code < 0x20 || code == 0x7f) {
      clean += {'\\', 'x', digits[code >> 4U], digits[code & 15U]};
    } else {
      if (quoted && (letter == '"' || letter == '\\')) clean += '\\';
      clean += letter;
    }
  }
  return clean;
}

std::string logfmt_value(std::string_view value) {
  const bool plain = !value.empty() && std::ranges::all_of(value, [](unsigned char letter) {
    return letter > ' ' && letter != '"' && letter != '=' && letter != 0x7f;
  });
  return plain ? std::string(value) : '"' + without_control(value, true) + '"';
}

std::string logfmt_line(LogLevel level, std::string_view message,
                        std::initializer_list<LogField> fields) {
  using std::chrono::floor;
  using std::chrono::microseconds;
  using std::chrono::system_clock;
  const auto now = floor<microseconds>(system_clock::now().time_since_epoch());
  std::string line = "time=" + to_iso_time(now.count()) + " level=" + std::string(name_of(level)) +
                     " msg=" + logfmt_value(message);
  for (const auto& [key, value] : fields) {
    line += ' ' + std::string(key) + '=' + logfmt_value(value);
  }
  return line;
}

std::string terminal_line(LogLevel level, std::string_view message,
                          std::initializer_list<LogField> fields, bool colour) {
  std::string line;
  if (level != LogLevel::info) {
    const char* start = level == LogLevel::error     ? "\x1b[1;31m"
                        : level == LogLevel::warning ? "\x1b[1;33m"
                                                     : "\x1b[2m";
    line = (colour ? start : "") + std::string(name_of(level)) + (colour ? "\x1b[0m" : "") + ": ";
  }
  line += without_control(message, false);
  std::string values;
  for (const auto& [key, value] : fields) {
    values += (values.empty() ? " (" : ", ") + std::string(key) + "=" + logfmt_value(value);
  }
  return line + values + (values.empty() ? "" : ")");
}

}  // namespace

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  throw Error::internal("a log level without a name");
}

class Log::Implementation {
 public:
  Implementation(LogOptions log_options, spdlog::sink_ptr sink)
      : options(log_options), logger("millrace", std::move(sink)) {
    logger.set_pattern("%v");
    logger.set_level(spdlog_level(options.level));
    logger.flush_on(spdlog::level::trace);
  }

  LogOptions options;
  spdlog::logger logger;
  std::array<Counter, log_level_count> counters;
};

Log::Log(LogOptions options)
    : implementation_(std::make_unique<Implementation>(
          options, std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

Log::Log(LogOptions options, std::ostream& out)
    : implementation_(std::make_unique<Implementation>(
          options, std::make_shared<spdlog::sinks::ostream_sink_mt>(out))) {}

Log::~Log() = default;

LogOptions Log::options_for_stderr(bool quiet) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const bool may_colour = no_colour == nullptr || *no_colour == '\0';
  return {quiet ? LogLevel::warning : LogLevel::info, terminal, terminal && may_colour && !dumb};
}

void Log::debug(std::string_view message, std::initializer_list<LogField> fields) {
  write(LogLevel::debug, message, fields);
}

void Log::info(std::string_view message, std::initializer_list<LogField> fields) {
  write(LogLevel::info, message, fields);
}

void Log::warning(std::string_view message, std::initializer_list<LogField> fields) {
  write(LogLevel::warning, message, fields);
}

void Log::error(std::string_view message, std::initializer_list<LogField> fields) {
  write(LogLevel::error, message, fields);
}

void Log::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  Implementation& inside = *implementation_;
  if (level < inside.options.level) return;
  inside.counters[static_cast<size_t>(level)].add();
  inside.logger.log(spdlog_level(level),
                    inside.options.terminal
                        ? terminal_line(level, message, fields, inside.options.colour)
                        : logfmt_line(level, message, fields));
}

void Log::step(std::string_view verb, std::string_view text) {
  constexpr size_t width = 11;
  const bool colour = implementation_->options.colour;
  std::string line(verb.size() < width ? width - verb.size() : 0, ' ');
  line += (colour ? "\x1b[1;32m" : "") + std::string(verb) + (colour ? "\x1b[0m" : "") + " ";
  implementation_->logger.info(line + without_control(text, false));
}

void Log::count_with(std::array<Counter, log_level_count> counters) {
  implementation_->counters = counters;
}

bool Log::terminal() const { return implementation_->options.terminal; }

}  // namespace millrace::observe

#include "plugins/kafka/client_log.hpp"

#include <string_view>

namespace millrace::kafka {
namespace {

constexpr int syslog_warning = 4;
constexpr int64_t warning_interval_us = 10'000'000;

// "[thrd:b:9092/bootstrap]: rdkafka#consumer-1: b:9092/bootstrap: Connect ..." without the two
// names that mean nothing outside of librdkafka.
std::string_view without_origin(std::string_view text) {
  for (const std::string_view origin : {"[thrd:", "rdkafka#"}) {
    const auto end = text.find(": ");
    if (text.starts_with(origin) && end != std::string_view::npos) text = text.substr(end + 2);
  }
  return text;
}

// Without "(after 0ms in state CONNECT, 3 identical error(s) suppressed)".
std::string_view without_history(std::string_view text) {
  return text.substr(0, text.find(" (after "));
}

// Whether a broker can be told to create no topics is no matter where they are there, as with the
// demo's broker, which cannot. That a client which ends was still connecting is none either.
bool is_harmless(std::string_view line) {
  return line.find("allow.auto.create.topics=false not supported") != std::string_view::npos ||
         line.find("Broker handle destroyed") != std::string_view::npos;
}

}  // namespace

void ClientLog::take(int level, const char* facility, const char* text) {
  const std::string line(without_history(without_origin(text)));
  const bool tells_little = level > syslog_warning && std::string_view(facility) != "FAIL";
  if (tells_little || is_harmless(line)) {
    context_.debug("librdkafka: " + line);
    return;
  }
  const auto now = context_.now_us();
  std::string warning;
  {
    const std::lock_guard lock(mutex_);
    // That all brokers are down follows from what was said before, and says less.
    if (line.find("brokers are down") == std::string::npos) last_failure_ = line;
    if (now < next_warning_us_) {
      ++withheld_;
    } else {
      warning = "librdkafka: " + line;
      if (withheld_ != 0) warning += " (and " + std::to_string(withheld_) + " lines before)";
      withheld_ = 0;
      next_warning_us_ = now + warning_interval_us;
    }
  }
  if (warning.empty())
    context_.debug("librdkafka: " + line);
  else
    context_.warn(warning);
}

std::string ClientLog::last_failure() const {
  const std::lock_guard lock(mutex_);
  return last_failure_;
}

void ClientLog::answered() {
  const std::lock_guard lock(mutex_);
  last_failure_.clear();
}

}  // namespace millrace::kafka

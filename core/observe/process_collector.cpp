// Fields of /proc/self/stat are counted from the closing parenthesis of the command name, which may
// itself hold spaces and parentheses; see proc(5).
#include "core/observe/process_collector.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace millrace::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily gauge(const char* name, const char* help, double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return {name, help, MetricType::Gauge, {metric}};
}

MetricFamily counter(const char* name, const char* help, double value) {
  ClientMetric metric;
  metric.counter.value = value;
  return {name, help, MetricType::Counter, {metric}};
}

std::string read_all(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The number after `key` in a file of lines "key value ...".
std::optional<double> number_after(const std::string& text, const std::string& key) {
  const size_t at = text.find(key);
  if (at == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(at + key.size()));
  double value = 0;
  if (!(rest >> value)) return std::nullopt;
  return value;
}

/// The fields of /proc/self/stat from the third (state) on.
std::vector<std::string> stat_fields(const std::string& text) {
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

void add_stat(const std::string& proc, std::vector<MetricFamily>& families) {
  constexpr size_t user_ticks = 11, system_ticks = 12, threads = 17, start_ticks = 19,
                   virtual_bytes = 20, resident_pages = 21;
  const auto fields = stat_fields(read_all(proc + "/self/stat"));
  if (fields.size() <= resident_pages) return;
  const auto number = [&](size_t field) { return std::stod(fields[field]); };
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  families.push_back(counter("process_cpu_seconds_total",
                             "Total user and system CPU time spent in seconds.",
                             (number(user_ticks) + number(system_ticks)) / ticks));
  families.push_back(gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
                           number(resident_pages) * page));
  families.push_back(gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.",
                           number(virtual_bytes)));
  families.push_back(gauge("process_threads", "Number of OS threads.", number(threads)));
  if (const auto boot = number_after(read_all(proc + "/stat"), "btime ")) {
    families.push_back(gauge("process_start_time_seconds",
                             "Start time of the process since unix epoch in seconds.",
                             *boot + number(start_ticks) / ticks));
  }
}

void add_files(const std::string& proc, std::vector<MetricFamily>& families) {
  std::error_code error;
  const std::filesystem::directory_iterator open_files(proc + "/self/fd", error);
  if (!error) {
    const auto count = std::distance(begin(open_files), end(open_files));
    families.push_back(
        gauge("process_open_fds", "Number of open file descriptors.", static_cast<double>(count)));
  }
  if (const auto limit = number_after(read_all(proc + "/self/limits"), "Max open files")) {
    families.push_back(
        gauge("process_max_fds", "Maximum number of open file descriptors.", *limit));
  }
}

}  // namespace

ProcessCollector::ProcessCollector(std::string proc) : proc_(std::move(proc)) {}

std::vector<MetricFamily> ProcessCollector::Collect() const {
  std::vector<MetricFamily> families;
  add_stat(proc_, families);
  add_files(proc_, families);
  return families;
}

}  // namespace millrace::observe

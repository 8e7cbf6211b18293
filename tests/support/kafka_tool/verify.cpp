#include "tests/support/kafka_tool/verify.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "millrace/timestamp_text.hpp"

namespace kafka_tool {
namespace {

// Window starts come as milliseconds or as a timestamp.
int64_t window_start_ms(const nlohmann::json& value) {
  if (value.is_number_integer()) return value.get<int64_t>();
  const auto microseconds = millrace::parse_timestamp(value.get_ref<const std::string&>());
  if (!microseconds) throw std::invalid_argument("not a time: " + value.dump());
  return *microseconds / 1000;
}

std::string place(int64_t window_ms, const std::string& key) {
  return "window " + millrace::timestamp_text(window_ms * 1000) + ", key " + key;
}

}  // namespace

Verifier::Verifier(const Workload& workload, Expectation expectation)
    : expectation_(std::move(expectation)) {
  if (expectation_.slide_ms == 0) expectation_.slide_ms = expectation_.window_ms;
  for (int64_t i = 0; i < workload.events; ++i) expect(event_at(workload, i));
}

void Verifier::expect(const Event& event) {
  const std::string key = key_text(event);
  int64_t start = event.time_ms / expectation_.slide_ms * expectation_.slide_ms;
  for (; start > event.time_ms - expectation_.window_ms; start -= expectation_.slide_ms) {
    auto [found, is_new] = expected_[start].try_emplace(key);
    window_count_ += is_new;
    ++(event.late ? found->second.late : found->second.on_time);
  }
}

void Verifier::take(std::string_view row) {
  ++rows_;
  int64_t start = 0;
  int64_t count = 0;
  std::string key;
  try {
    const auto object = nlohmann::json::parse(row);
    key = object.at("key").get<std::string>();
    start = window_start_ms(object.at(expectation_.window_field));
    count = object.at(expectation_.count_field).get<int64_t>();
  } catch (const std::exception& error) {
    return fault("not a result row", std::string(row) + " (" + error.what() + ")");
  }
  if (key == flush_key) return;
  const auto windows = expected_.find(start);
  if (windows == expected_.end()) return fault("a window that cannot be", place(start, key));
  const auto found = windows->second.find(key);
  if (found == windows->second.end())
    return fault("a key that is not in this window", place(start, key));
  Window& window = found->second;
  if (window.rows > 0) {
    if (expectation_.repeats == Repeats::none) fault("a window came twice", place(start, key));
    if (expectation_.repeats == Repeats::equal && window.seen != count)
      fault("a window came twice and differs", place(start, key) + ": " +
                                                   std::to_string(window.seen) + ", then " +
                                                   std::to_string(count));
  }
  ++window.rows;
  window.seen = count;
}

void Verifier::fault(const std::string& kind, const std::string& example) {
  auto [found, is_new] = faults_.try_emplace(kind, 0, example);
  ++found->second.first;
}

std::vector<std::string> Verifier::faults() const {
  auto all = faults_;
  auto add = [&](const std::string& kind, const std::string& example) {
    ++all.try_emplace(kind, 0, example).first->second.first;
  };
  for (const auto& [start, windows] : expected_) {
    for (const auto& [key, window] : windows) {
      const auto at = place(start, key);
      if (window.rows == 0) {
        if (window.on_time > 0)
          add("a window is missing", at + ": " + std::to_string(window.on_time) + " events");
      } else if (window.seen < window.on_time || window.seen > window.on_time + window.late) {
        add("a count is wrong",
            at + ": " + std::to_string(window.seen) + " and not " + std::to_string(window.on_time) +
                (window.late > 0 ? " to " + std::to_string(window.on_time + window.late) : ""));
      }
    }
  }
  std::vector<std::string> lines;
  lines.reserve(all.size());
  for (const auto& [kind, times] : all)
    lines.push_back(kind + " (" + std::to_string(times.first) + " times), first: " + times.second);
  return lines;
}

std::string Verifier::summary() const {
  return std::to_string(rows_) + " rows, " + std::to_string(window_count_) + " windows expected";
}

}  // namespace kafka_tool

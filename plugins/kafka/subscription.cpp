#include "plugins/kafka/subscription.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include "millrace/error.hpp"

namespace millrace::kafka {

void check_topic(const std::string& name, const char* option) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (name.empty() || name.size() > 249 || !std::all_of(name.begin(), name.end(), fits))
    throw Error::user("\"" + name +
                      "\" cannot be a topic: 1 to 249 letters, digits, dots, dashes, underscores")
        .about(option);
}

namespace {

std::unique_ptr<re2::RE2> compile(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_unique<re2::RE2>(pattern, options);
  if (!compiled->ok())
    throw Error::user("not a regular expression: " + compiled->error()).about("subscribe_pattern");
  return compiled;
}

Offsets parse_assignment(const std::string& text) {
  const auto refusal = [&] {
    return Error::user(
               "`assign` must name partitions by topic, like {\"views\":[0,1],\"clicks\":[3]}; "
               "found " +
               text)
        .about("assign");
  };
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object() || parsed.empty()) throw refusal();
  Offsets assigned;
  for (const auto& [topic, partitions] : parsed.items()) {
    check_topic(topic, "assign");
    if (!partitions.is_array() || partitions.empty()) throw refusal();
    for (const auto& partition : partitions) {
      if (!partition.is_number_unsigned()) throw refusal();
      assigned[topic][partition.get<int32_t>()] = 0;
    }
  }
  return assigned;
}

}  // namespace

Subscription::Subscription(const std::vector<std::string>& names, const std::string& pattern,
                           const std::string& assign)
    : names_(names) {
  const int given = (names.empty() ? 0 : 1) + (pattern.empty() ? 0 : 1) + (assign.empty() ? 0 : 1);
  if (given != 1)
    throw Error::user(given == 0 ? "say what to read: subscribe = [\"topic\"], subscribe_pattern = "
                                   "\"regex\" or assign = '{\"topic\":[0]}'"
                                 : "give only one of subscribe, subscribe_pattern and assign")
        .about(pattern.empty() ? "subscribe" : "subscribe_pattern");
  for (const auto& name : names_) check_topic(name, "subscribe");
  if (!pattern.empty()) pattern_ = compile(pattern);
  if (!assign.empty()) {
    assigned_ = parse_assignment(assign);
    for (const auto& [topic, partitions] : assigned_) names_.push_back(topic);
  }
}

Subscription::~Subscription() = default;

bool Subscription::covers(const std::string& topic) const {
  // Topics that begin with two underscores are Kafka's own.
  if (pattern_ != nullptr) return !topic.starts_with("__") && RE2::FullMatch(topic, *pattern_);
  return std::find(names_.begin(), names_.end(), topic) != names_.end();
}

Offsets Subscription::select(const Topics& existing) const {
  Offsets selected;
  for (const auto& [topic, count] : existing) {
    if (!covers(topic)) continue;
    if (assigned_.empty()) {
      for (int32_t partition = 0; partition < count; ++partition) selected[topic][partition] = 0;
      continue;
    }
    for (const auto& [partition, zero] : assigned_.at(topic)) {
      if (partition >= count)
        throw Error::user("topic \"" + topic + "\" has no partition " + std::to_string(partition) +
                          ", it has " + std::to_string(count))
            .about("assign");
      selected[topic][partition] = zero;
    }
  }
  return selected;
}

}  // namespace millrace::kafka

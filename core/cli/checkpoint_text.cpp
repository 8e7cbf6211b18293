#include "core/cli/checkpoint_text.hpp"

#include "millrace/timestamp_text.hpp"

#include "core/observe/number_text.hpp"

namespace millrace::cli {

using Json = nlohmann::ordered_json;

Json parsed(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json(text) : json;
}

Json watermarks_of(const EpochCommit& commit) {
  Json watermarks = Json::object();
  const Json state = parsed(commit.watermark_state);
  if (!state.is_object() || !state.contains("declared") || !state["declared"].is_string())
    return watermarks;
  const Json all = parsed(state["declared"].get<std::string>());
  for (const auto& [name, declared] : all.items())
    if (declared.is_object() && declared.contains("watermark"))
      watermarks[name] = timestamp_text(declared["watermark"].get<std::int64_t>());
  return watermarks;
}

Json sinks_of(const EpochCommit& commit) {
  const auto found = commit.extra.find("sinks");
  Json sinks = found == commit.extra.end() ? Json() : parsed(found->second);
  return sinks.is_object() ? sinks : Json::object();
}

std::map<std::string, SinkNote> sinks_in(const EpochCommit& commit) {
  std::map<std::string, SinkNote> sinks;
  const Json all = sinks_of(commit);
  for (const auto& [name, sink] : all.items())
    if (sink.is_object())
      sinks[name] = {sink.value("type", ""), sink.value("output_mode", ""),
                     sink.value("exactly_once", false)};
  return sinks;
}

std::string size_text(std::uint64_t bytes) {
  return observe::bytes_text(static_cast<std::int64_t>(bytes));
}

}  // namespace millrace::cli

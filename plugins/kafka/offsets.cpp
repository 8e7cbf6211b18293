#include "plugins/kafka/offsets.hpp"

#include <charconv>

#include <nlohmann/json.hpp>

#include "millrace/error.hpp"
#include "millrace/json.hpp"

namespace millrace::kafka {

std::string to_json(const Offsets& offsets) {
  std::string text = "{";
  for (const auto& [topic, partitions] : offsets) {
    if (text.size() > 1) text += ',';
    json::append_string(topic, text);
    text += ":{";
    bool first = true;
    for (const auto& [partition, offset] : partitions) {
      if (!first) text += ',';
      first = false;
      text += '"';
      json::append_integer(partition, text);
      text += "\":";
      json::append_integer(offset, text);
    }
    text += '}';
  }
  return text + "}";
}

namespace {

Error bad_shape(const std::string& what, const std::string& found) {
  return Error::user(what +
                     " must give an integer for each partition of each topic, like "
                     "{\"views\":{\"0\":23,\"1\":45}}; " +
                     found);
}

int32_t parse_partition(const std::string& text, const std::string& what) {
  int32_t partition = -1;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, partition);
  if (error != std::errc() || stop != end || partition < 0)
    throw bad_shape(what, "no partition is numbered \"" + text + "\"");
  return partition;
}

}  // namespace

Offsets parse_offsets(std::string_view text, const std::string& what) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (parsed.is_discarded()) throw bad_shape(what, "this is no JSON: " + std::string(text));
  if (!parsed.is_object()) throw bad_shape(what, "found " + parsed.dump());
  Offsets offsets;
  for (const auto& [topic, partitions] : parsed.items()) {
    if (!partitions.is_object()) throw bad_shape(what, "topic \"" + topic + "\" has no object");
    auto& of_topic = offsets[topic];
    for (const auto& [partition, offset] : partitions.items()) {
      if (!offset.is_number_integer())
        throw bad_shape(what, "found " + offset.dump() + " for \"" + topic + "\", " + partition);
      of_topic[parse_partition(partition, what)] = offset.get<int64_t>();
    }
  }
  return offsets;
}

const int64_t* find(const Offsets& offsets, std::string_view topic, int32_t partition) {
  const auto of_topic = offsets.find(topic);
  if (of_topic == offsets.end()) return nullptr;
  const auto found = of_topic->second.find(partition);
  return found == of_topic->second.end() ? nullptr : &found->second;
}

std::string partition_name(const std::string& topic, int32_t partition) {
  return topic + "/" + std::to_string(partition);
}

TopicPartition parse_partition_name(const std::string& name) {
  const auto slash = name.rfind('/');
  if (slash == std::string::npos)
    throw Error::internal("\"" + name + "\" does not name a partition of a Kafka topic");
  return {name.substr(0, slash), parse_partition(name.substr(slash + 1), "a range")};
}

}  // namespace millrace::kafka

#include "plugins/kafka/starting_point.hpp"

#include <charconv>

#include "millrace/timestamp_text.hpp"

namespace millrace::kafka {
namespace {

// What Kafka's own tools and Spark write for "from the end" and "from the beginning".
constexpr int64_t mark_latest = -1;
constexpr int64_t mark_earliest = -2;

int64_t parse_time_ms(const std::string& text) {
  int64_t milliseconds = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, milliseconds);
  if (error == std::errc() && stop == end && milliseconds >= 0) return milliseconds;
  if (const auto microseconds = parse_timestamp(text)) return *microseconds / 1000;
  throw Error::user(
      "\"" + text +
      "\" is no time; write it like 2026-01-31T12:30:00Z, or as milliseconds since 1970")
      .about("starting_timestamp");
}

void check_covered(const Offsets& given, const Subscription& subscription,
                   const std::string& option) {
  for (const auto& [topic, partitions] : given)
    if (!subscription.covers(topic))
      throw Error::user("`" + option + "` speaks of topic \"" + topic + "\", which is not read")
          .about(option);
}

}  // namespace

StartingPoint::StartingPoint(const StartingSettings& settings, const Subscription& subscription) {
  if (!settings.timestamp.empty() && !settings.offsets_by_timestamp.empty())
    throw Error::user("give only one of starting_timestamp and starting_offsets_by_timestamp")
        .about("starting_timestamp");
  if (!settings.timestamp.empty()) {
    kind_ = Kind::one_timestamp;
    option_ = "starting_timestamp";
    timestamp_ms_ = parse_time_ms(settings.timestamp);
  } else if (!settings.offsets_by_timestamp.empty()) {
    kind_ = Kind::timestamps;
    option_ = "starting_offsets_by_timestamp";
    try {
      given_ = parse_offsets(settings.offsets_by_timestamp, "`" + option_ + "`");
    } catch (const Error& error) {
      throw error.about(option_);
    }
  } else if (settings.offsets == "earliest") {
    kind_ = Kind::earliest;
  } else if (settings.offsets != "latest") {
    kind_ = Kind::offsets;
    if (!settings.offsets.starts_with("{"))
      throw Error::user("\"" + settings.offsets +
                        "\" is neither \"earliest\", \"latest\" nor a JSON text with an offset for "
                        "each partition")
          .about(option_);
    try {
      given_ = parse_offsets(settings.offsets, "`" + option_ + "`");
    } catch (const Error& error) {
      throw error.about(option_);
    }
  }
  for (const auto& [topic, partitions] : given_)
    for (const auto& [partition, value] : partitions)
      if (value < (kind_ == Kind::offsets ? mark_earliest : 0))
        throw Error::user("no offset is " + std::to_string(value) +
                          "; -1 stands for the latest, -2 for the earliest")
            .about(option_);
  check_covered(given_, subscription, option_);
}

void StartingPoint::check_complete(const Offsets& ends) const {
  for (const auto& [topic, partitions] : ends)
    for (const auto& [partition, end] : partitions)
      if (find(given_, topic, partition) == nullptr)
        throw Error::user("`" + option_ + "` says nothing of partition " +
                          partition_name(topic, partition) +
                          "; name every partition, with -1 for the latest offset and -2 for the "
                          "earliest")
            .about(option_);
  for (const auto& [topic, partitions] : given_)
    for (const auto& [partition, value] : partitions)
      if (find(ends, topic, partition) == nullptr)
        throw Error::user("`" + option_ + "` speaks of partition " +
                          partition_name(topic, partition) + ", which does not exist")
            .about(option_);
}

Offsets StartingPoint::resolve_offsets(Cluster& cluster, const Offsets& ends) const {
  Offsets start = given_;
  Offsets earliest;
  for (auto& [topic, partitions] : start) {
    for (auto& [partition, offset] : partitions) {
      if (offset == mark_latest) offset = *find(ends, topic, partition);
      if (offset == mark_earliest) earliest[topic][partition] = 0;
    }
  }
  for (const auto& [topic, partitions] : cluster.beginnings(earliest))
    for (const auto& [partition, offset] : partitions) start[topic][partition] = offset;
  return start;
}

Offsets StartingPoint::resolve(Cluster& cluster, const Offsets& ends) const {
  switch (kind_) {
    case Kind::latest:
      return ends;
    case Kind::earliest:
      return cluster.beginnings(ends);
    case Kind::offsets:
      check_complete(ends);
      return resolve_offsets(cluster, ends);
    case Kind::timestamps:
      check_complete(ends);
      return cluster.at_times(given_);
    case Kind::one_timestamp:
      break;
  }
  Offsets times = ends;
  for (auto& [topic, partitions] : times)
    for (auto& [partition, time] : partitions) time = timestamp_ms_;
  return cluster.at_times(times);
}

}  // namespace millrace::kafka

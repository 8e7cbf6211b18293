// The source `events_in_memory`: JSON events of 85 bytes that are there before the clock starts, so
// that what a pipeline costs is the engine's, the format's and the transforms' share, without a
// broker or a disk.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "millrace/column_builder.hpp"
#include "millrace/plugin.hpp"

namespace millrace {
namespace {

constexpr int64_t rows_per_batch = 32 * 1024;

struct EventSettings {
  int64_t events = 1'000'000;
  int64_t partitions = 2;
  int64_t keys = 10'000;
  int64_t hot_percent = 0;
  int64_t events_per_second = 100'000;
  Duration jitter = {2'000'000};
  int64_t batches_per_epoch = 16;

  auto shape() const {
    return std::tuple(events, partitions, keys, hot_percent, events_per_second,
                      jitter.microseconds);
  }
};

/// Of each partition the batches of payloads.
using Events = std::vector<std::vector<Column>>;

class EventWriter {
 public:
  explicit EventWriter(const EventSettings& settings) : settings_(settings) {}

  Events write() {
    const auto partitions = static_cast<size_t>(settings_.partitions);
    Events events(partitions);
    std::vector<ColumnBuilder> payloads;
    while (payloads.size() < partitions) payloads.emplace_back(TypeId::binary);
    for (int64_t event = 0; event < settings_.events; ++event) {
      const auto partition = static_cast<size_t>(event) % partitions;
      append(event, payloads[partition]);
      if (payloads[partition].length() == rows_per_batch)
        events[partition].push_back(payloads[partition].finish());
    }
    for (size_t i = 0; i < partitions; ++i)
      if (payloads[i].length() > 0) events[i].push_back(payloads[i].finish());
    return events;
  }

 private:
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }

  int64_t key_of(int64_t event) {
    if (settings_.keys == 0) return event;
    return below(100) < settings_.hot_percent ? 0 : below(settings_.keys);
  }

  // At most a day of them: 2026-01-01.
  void append(int64_t event, ColumnBuilder& to) {
    static const char* const types[] = {"view", "click", "cart"};
    const int64_t due = event * 1000 / settings_.events_per_second;
    const int64_t jitter = below(settings_.jitter.microseconds / 1000 + 1);
    const int64_t ms = due + 3'600'000 - jitter;
    char text[160];
    const int size = std::snprintf(
        text, sizeof text,
        R"({"key":"user_%lld","timestamp":"2026-01-01T%02d:%02d:%02d.%03dZ","value":%d.%s,"type":"%s"})",
        static_cast<long long>(key_of(event)), static_cast<int>(ms / 3'600'000),
        static_cast<int>(ms / 60'000 % 60), static_cast<int>(ms / 1000 % 60),
        static_cast<int>(ms % 1000), static_cast<int>(below(100)), below(2) == 0 ? "5" : "25",
        types[below(3)]);
    to.append_bytes({text, static_cast<size_t>(size)});
  }

  const EventSettings& settings_;
  std::mt19937_64 random_{1};
};

/// A plan makes its sources more than once, and a benchmark many plans: the last events are kept.
std::shared_ptr<const Events> events_of(const EventSettings& settings) {
  static std::shared_ptr<const Events> kept;
  static decltype(settings.shape()) shape;
  if (kept == nullptr || shape != settings.shape()) {
    kept = nullptr;
    kept = std::make_shared<const Events>(EventWriter(settings).write());
    shape = settings.shape();
  }
  return kept;
}

/// Hands out batches `next` to `end` of one partition.
class EventReader final : public Reader {
 public:
  EventReader(const std::vector<Column>& batches, int64_t next, int64_t end)
      : batches_(batches), next_(next), end_(end) {}

  Read read(int64_t, Batch& rows) override {
    if (next_ == end_) return Read::end;
    static const auto schema = std::make_shared<const Schema>(Schema{{{"value", TypeId::binary}}});
    const auto& payloads = batches_[static_cast<size_t>(next_++)];
    rows = Batch(schema, {payloads}, payloads.length);
    return Read::rows;
  }

 private:
  const std::vector<Column>& batches_;
  int64_t next_;
  int64_t end_;
};

/// Partitions go side by side; a position is the number of the next batch of each.
class EventSource final : public Source {
 public:
  EventSource(const EventSettings& settings, const Context&)
      : settings_(settings), events_(events_of(settings_)) {}

  Schema schema() const override { return {{{"value", TypeId::binary}}}; }
  std::string latest(const std::string&) override {
    size_t batches = 0;
    for (const auto& partition : *events_) batches = std::max(batches, partition.size());
    return std::to_string(batches);
  }
  InputPlan plan(const std::string& position, const std::string& target, bool) override {
    const int64_t from = position.empty() ? 0 : std::stoll(position);
    const int64_t to = std::min<int64_t>(std::stoll(target), from + settings_.batches_per_epoch);
    InputPlan plan;
    plan.position = std::to_string(to);
    for (size_t i = 0; i < events_->size(); ++i) {
      const auto name = std::to_string(i);
      const int64_t end = std::min(to, static_cast<int64_t>((*events_)[i].size()));
      if (from < end) plan.ranges.push_back({name, from, end, ""});
      plan.partitions.push_back({name, "", static_cast<int32_t>(i), end, end, false});
    }
    return plan;
  }
  std::unique_ptr<Reader> open(const Range& range, const std::vector<int>&) override {
    const auto& batches = (*events_)[static_cast<size_t>(std::stoll(range.partition))];
    return std::make_unique<EventReader>(batches, range.start, range.end);
  }

 private:
  EventSettings settings_;
  std::shared_ptr<const Events> events_;
};

}  // namespace
}  // namespace millrace

using millrace::optional;
using Settings = millrace::EventSettings;

MILLRACE_PLUGIN(
    "events_in_memory", "0.1.0",
    millrace::source<millrace::EventSource, Settings>(
        "events_in_memory", "JSON events that are in memory before the pipeline starts.",
        {{"events", &Settings::events, optional, "How many."},
         {"partitions", &Settings::partitions, optional, "Which they go to in turn."},
         {"keys", &Settings::keys, optional, "How many distinct ones; 0: each its own."},
         {"hot_percent", &Settings::hot_percent, optional, "How many share one key."},
         {"events_per_second", &Settings::events_per_second, optional, "Of event time."},
         {"jitter", &Settings::jitter, optional, "How much earlier than due an event can be."},
         {"batches_per_epoch", &Settings::batches_per_epoch, optional, "Of each partition."}},
        millrace::source_payloads));

#include "tests/support/kafka_tool/events.hpp"

#include <cinttypes>
#include <cstdio>

#include "millrace/timestamp_text.hpp"

namespace kafka_tool {
namespace {

constexpr const char* types[] = {"view", "click", "purchase"};
constexpr int64_t no_key = -1;

// SplitMix64: neighbouring inputs give unrelated outputs, so one call per drawn number is enough.
uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

class Draw {
 public:
  Draw(uint64_t seed, int64_t index) : state_(mix(seed) ^ static_cast<uint64_t>(index)) {}
  int64_t below(int64_t limit) {
    state_ = mix(state_);
    return limit <= 0 ? 0 : static_cast<int64_t>(state_ % static_cast<uint64_t>(limit));
  }

 private:
  uint64_t state_;
};

}  // namespace

Event event_at(const Workload& workload, int64_t index) {
  Draw draw(workload.seed, index);
  Event event{};
  event.key = draw.below(workload.keys);
  event.quarters = draw.below(400);
  event.type = static_cast<int>(draw.below(3));
  event.late = draw.below(1'000'000) < static_cast<int64_t>(workload.late_share * 1e6);
  event.time_ms = workload.start_ms +
                  static_cast<int64_t>(static_cast<double>(index) * 1000 / workload.per_second) -
                  draw.below(workload.disorder_ms) - (event.late ? workload.late_by_ms : 0);
  // All events of a key share a partition, as a producer's partitioner would have it.
  event.partition = static_cast<int32_t>(mix(static_cast<uint64_t>(event.key)) %
                                         static_cast<uint64_t>(workload.partitions));
  return event;
}

Event flush_event(const Workload& workload, int32_t partition) {
  const auto duration_ms =
      static_cast<int64_t>(static_cast<double>(workload.events) * 1000 / workload.per_second);
  return {no_key, workload.start_ms + duration_ms + workload.flush_gap_ms, 0, 0, partition, false};
}

std::string key_text(const Event& event) {
  return event.key == no_key ? flush_key : "user_" + std::to_string(event.key);
}

void write_json(const Event& event, std::string& to) {
  char value[32];
  std::snprintf(value, sizeof value, "%" PRId64 ".%02" PRId64, event.quarters / 4,
                event.quarters % 4 * 25);
  to.append(R"({"key":")").append(key_text(event));
  to.append(R"(","timestamp":")").append(millrace::timestamp_text(event.time_ms * 1000));
  to.append(R"(","value":)").append(value);
  to.append(R"(,"type":")").append(types[event.type]).append("\"}");
}

}  // namespace kafka_tool

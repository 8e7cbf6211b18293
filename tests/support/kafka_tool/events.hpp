#pragma once
#include <cstdint>
#include <string>

// Seeded events for tests: event i is a function of the seed and i, so whoever knows the numbers
// below knows the whole stream and what every window over it must contain.
namespace kafka_tool {

struct Workload {
  int64_t events = 10'000;
  int64_t keys = 100;
  int32_t partitions = 2;
  uint64_t seed = 1;
  int64_t start_ms = 1'767'225'600'000;  // 2026-01-01
  double per_second = 1'000;             // events per second of event time
  int64_t disorder_ms = 2'000;           // an event is up to this much older than its place says
  double late_share = 0;                 // this part of the events is older still, by late_by_ms
  int64_t late_by_ms = 120'000;
  int64_t flush_gap_ms = 3'600'000;  // the last event of each partition closes every window
};

inline constexpr const char* flush_key = "__flush";

struct Event {
  int64_t key;
  int64_t time_ms;
  int64_t quarters;  // the value is a multiple of 0.25, so that sums are exact in any order
  int type;
  int32_t partition;
  bool late;
};

Event event_at(const Workload& workload, int64_t index);
Event flush_event(const Workload& workload, int32_t partition);

std::string key_text(const Event& event);
// {"key":"user_7","timestamp":"2026-01-01T00:00:00.123Z","value":17.5,"type":"view"}
void write_json(const Event& event, std::string& to);

}  // namespace kafka_tool

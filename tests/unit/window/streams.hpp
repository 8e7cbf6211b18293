#pragma once
#include "plugins/window/grouped_aggregation.hpp"
#include "plugins/window/session_window.hpp"
#include "plugins/window/sliding_window.hpp"
#include "plugins/window/tumbling_window.hpp"
#include "tests/unit/window/harness.hpp"

// The stream that most tests read, (key, ts, value), and transforms over it.
namespace millrace::testing {

inline Schema events() {
  return {{{"key", TypeId::string}, {"ts", TypeId::timestamp}, {"value", TypeId::int64}}};
}

inline std::vector<Stream> watermarked(const FakeHost& host) { return {{host.input(), 1}}; }
inline std::vector<Stream> without_watermark(const FakeHost& host) { return {{host.input(), -1}}; }

inline Duration seconds(double count) {
  return {static_cast<int64_t>(std::llround(count * second))};
}

template <class Settings>
Settings grouped(FakeHost& host, const std::vector<std::string>& keys,
                 const std::vector<Aggregate>& aggregates) {
  Settings settings;
  settings.group_by = host.columns(keys);
  settings.aggregates = aggregates;
  return settings;
}

inline window::TumblingSettings tumbling(FakeHost& host, double size,
                                         const std::vector<std::string>& keys,
                                         const std::vector<Aggregate>& aggregates) {
  auto settings = grouped<window::TumblingSettings>(host, keys, aggregates);
  settings.size = seconds(size);
  return settings;
}

inline window::SlidingSettings sliding(FakeHost& host, double size, double slide,
                                       const std::vector<std::string>& keys,
                                       const std::vector<Aggregate>& aggregates) {
  auto settings = grouped<window::SlidingSettings>(host, keys, aggregates);
  settings.size = seconds(size);
  settings.slide = seconds(slide);
  return settings;
}

inline window::SessionSettings session(FakeHost& host, double gap,
                                       const std::vector<std::string>& keys,
                                       const std::vector<Aggregate>& aggregates) {
  auto settings = grouped<window::SessionSettings>(host, keys, aggregates);
  settings.gap = seconds(gap);
  return settings;
}

using Texts = std::vector<std::string>;
inline const uint32_t append_mode = Harness::wants({Port::final});
inline const uint32_t update_mode = Harness::wants({Port::changed});
inline const uint32_t complete_mode = Harness::wants({Port::all});

}  // namespace millrace::testing

// Random streams against a plain model: rows in a list, windows by definition, one epoch after the
// other. The transforms run in several tasks and shards and are restarted again and again.
#include <numeric>
#include <random>

#include <gmock/gmock.h>

#include "tests/support/stride.hpp"
#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

using window::Window;

struct Event {
  std::optional<std::string> key;
  std::optional<int64_t> time;
  std::optional<int64_t> value;
};

Cells cells_of(const Event& event) {
  return {event.key ? Cell(*event.key) : Cell(null), event.time ? Cell(*event.time) : Cell(null),
          event.value ? Cell(*event.value) : Cell(null)};
}

/// Makes epochs of events whose times wander forward, with stragglers, nulls, jumps, empty epochs
/// and times on the very edges of windows.
class EventStream {
 public:
  explicit EventStream(uint64_t seed) : random_(seed) {}

  std::vector<Event> next() {
    std::vector<Event> events;
    if (chance(8)) return events;
    if (chance(10)) now_ += below(60) * second;
    const int64_t count = below(40);
    for (int64_t i = 0; i < count; ++i) {
      now_ += below(1'500'000);
      Event event;
      if (!chance(12))
        event.key = std::string(static_cast<size_t>(below(3)), 'k') + std::to_string(below(4));
      int64_t time = now_ - (chance(4) ? below(25) * second : 0);
      if (chance(3)) time -= time % second;
      if (!chance(15)) event.time = time;
      if (!chance(6)) event.value = below(100) - 50;
      events.push_back(event);
    }
    return events;
  }
  int64_t below(int64_t limit) {
    return std::uniform_int_distribution<int64_t>(0, limit - 1)(random_);
  }
  bool chance(int64_t one_in) { return below(one_in) == 0; }

 private:
  std::mt19937_64 random_;
  int64_t now_ = -20 * second;
};

/// What the model knows of a group: the values of its rows.
struct Group {
  int64_t count = 0;
  std::optional<int64_t> sum;
  std::optional<int64_t> greatest;

  void add(const Group& other) {
    count += other.count;
    if (other.sum) sum = sum.value_or(0) + *other.sum;
    if (other.greatest) greatest = std::max(greatest.value_or(*other.greatest), *other.greatest);
  }
};

using GroupKey = std::tuple<int64_t, int64_t, std::optional<std::string>>;  // End, start, key.

std::string time_text(int64_t time) {
  return time % second == 0 ? std::to_string(time / second) + "s" : std::to_string(time) + "us";
}

std::string text_of(const GroupKey& key, const Group& group) {
  const auto number = [](const std::optional<int64_t>& value) {
    return value ? std::to_string(*value) : "null";
  };
  return time_text(std::get<1>(key)) + " " + time_text(std::get<0>(key)) + " " +
         std::get<2>(key).value_or("null") + " " + std::to_string(group.count) + " " +
         number(group.sum) + " " + number(group.greatest);
}

struct Expected {
  Texts changed, final, all;
  int64_t late_groups = 0;
  int64_t state_rows = 0;
};

/// The rules, as plainly as they can be said.
class Model {
 public:
  explicit Model(bool keeps_all) : keeps_all_(keeps_all) {}
  virtual ~Model() = default;

  Expected epoch(const std::vector<Event>& events, int64_t late_before, int64_t watermark) {
    Expected expected;
    std::set<GroupKey> touched;
    std::set<GroupKey> late;
    for (const auto& event : events) {
      if (!event.time) continue;
      Group one{1, event.value, event.value};
      for (const auto& window : windows_of(*event.time)) {
        const GroupKey key{window.end, window.start, event.key};
        if (!keeps_all_ && window.end <= late_before) {
          late.insert(key);
          continue;
        }
        touched.insert(add(key, one));
      }
    }
    for (const auto& [key, group] : groups_) {
      if (touched.contains(key)) expected.changed.push_back(text_of(key, group));
      if (std::get<0>(key) <= watermark) expected.final.push_back(text_of(key, group));
      expected.all.push_back(text_of(key, group));
    }
    if (!keeps_all_)
      std::erase_if(groups_, [&](const auto& one) { return std::get<0>(one.first) <= watermark; });
    expected.late_groups = static_cast<int64_t>(late.size());
    expected.state_rows = static_cast<int64_t>(groups_.size());
    for (auto* texts : {&expected.changed, &expected.final, &expected.all})
      std::sort(texts->begin(), texts->end());
    return expected;
  }

 protected:
  virtual std::vector<Window> windows_of(int64_t time) const = 0;
  virtual GroupKey add(const GroupKey& key, const Group& rows) {
    groups_[key].add(rows);
    return key;
  }

  std::map<GroupKey, Group> groups_;

 private:
  bool keeps_all_;
};

class FixedWindows final : public Model {
 public:
  FixedWindows(int64_t size, int64_t slide, int64_t offset, bool keeps_all)
      : Model(keeps_all), size_(size), slide_(slide), offset_(offset) {}

 private:
  std::vector<Window> windows_of(int64_t time) const override {
    std::vector<Window> windows;
    const double number =
        std::floor(static_cast<double>(time - offset_) / static_cast<double>(slide_));
    for (int64_t start = static_cast<int64_t>(number) * slide_ + offset_; start + size_ > time;
         start -= slide_)
      windows.push_back({start, start + size_});
    return windows;
  }

  int64_t size_, slide_, offset_;
};

class SessionsByDefinition final : public Model {
 public:
  SessionsByDefinition(int64_t gap, bool keeps_all) : Model(keeps_all), gap_(gap) {}

 private:
  std::vector<Window> windows_of(int64_t time) const override { return {{time, time + gap_}}; }
  GroupKey add(const GroupKey& row, const Group& rows) override {
    auto [end, start, key] = row;
    Group merged = rows;
    for (auto at = groups_.begin(); at != groups_.end();) {
      const auto& [other_end, other_start, other_key] = at->first;
      if (other_key == key && other_start <= end && start <= other_end) {
        merged.add(at->second);
        start = std::min(start, other_start);
        end = std::max(end, other_end);
        at = groups_.erase(at);
      } else {
        ++at;
      }
    }
    groups_[{end, start, key}] = merged;
    return {end, start, key};
  }

  int64_t gap_;
};

/// Where panes are kept their number is not the model's, and no window waits to be emitted once
/// rows are late for it.
enum class State { of_windows, of_panes };

void compare(FakeHost& host, Transform& transform, Model& model, uint32_t wanted, uint64_t seed,
             State state = State::of_windows) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  EventStream stream(seed);
  const auto tasks = static_cast<size_t>(1 + stream.below(3));
  Harness run(host, transform, wanted, tasks, static_cast<size_t>(1 + stream.below(4)));
  int64_t late_before = 0;
  int64_t watermark = 0;
  for (int epoch = 0; epoch < 40; ++epoch) {
    SCOPED_TRACE("epoch " + std::to_string(epoch));
    const auto events = stream.next();
    std::vector<std::vector<Batch>> inputs(tasks);
    std::vector<std::vector<Cells>> parts(tasks);
    for (const auto& event : events)
      parts[static_cast<size_t>(stream.below(static_cast<int64_t>(tasks)))].push_back(
          cells_of(event));
    for (size_t task = 0; task < tasks; ++task) {
      const auto half = static_cast<std::ptrdiff_t>(parts[task].size() / 2);
      inputs[task].push_back(
          rows_of(host.input(), {parts[task].begin(), parts[task].begin() + half}));
      inputs[task].push_back(
          rows_of(host.input(), {parts[task].begin() + half, parts[task].end()}));
    }
    const auto expected = model.epoch(events, late_before, watermark);
    const auto result = run.epoch(inputs, late_before, watermark);
    const auto check = [&](Port port, const Texts& texts) {
      EXPECT_EQ(result.sorted(port), (wanted & Harness::wants({port})) != 0 ? texts : Texts{});
    };
    check(Port::changed, expected.changed);
    check(Port::final, expected.final);
    check(Port::all, expected.all);
    if (state == State::of_windows) {
      EXPECT_EQ(result.count(Count::state_rows), expected.state_rows);
    } else {
      EXPECT_EQ(result.count(Count::state_rows) == 0, expected.state_rows == 0);
    }
    if (tasks == 1) {
      EXPECT_EQ(result.count(Count::late_groups), expected.late_groups);
    }
    if (::testing::Test::HasFailure()) return;
    late_before = watermark;
    for (const auto& event : events)
      if (event.time) watermark = std::max(watermark, *event.time - 8 * second);
    if (stream.chance(3) && state == State::of_windows)
      late_before = watermark;  // As after an epoch without data.
    if (stream.chance(3)) run.restart(transform, wanted, tasks);
  }
}

std::vector<Aggregate> all_three(FakeHost& host) {
  return {host.count(), host.aggregate("sum", "sum", {"value"}),
          host.aggregate("max", "max", {"value"})};
}

struct Windows {
  double size, slide, offset;
};

class RandomWindows : public ::testing::TestWithParam<Windows> {};

TEST_P(RandomWindows, GiveWhatTheRulesSay) {
  const auto [size, slide, offset] = GetParam();
  FakeHost host(events());
  auto settings = sliding(host, size, slide, {"key"}, all_three(host));
  settings.offset = seconds(offset);
  window::SlidingWindow transform(settings, host.context(), watermarked(host));
  for (uint64_t seed = 1; seed <= 8; seed += test::stride(5)) {
    for (const uint32_t wanted : {append_mode | update_mode, complete_mode}) {
      FixedWindows model(settings.size.microseconds, settings.slide.microseconds,
                         settings.offset.microseconds, wanted == complete_mode);
      compare(host, transform, model, wanted, seed);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, RandomWindows,
                         ::testing::Values(Windows{10, 10, 0}, Windows{10, 5, 0}, Windows{10, 3, 1},
                                           Windows{7, 4, -2.5}, Windows{0.75, 0.5, 0.1}));

class RandomPanes : public ::testing::TestWithParam<Windows> {};

TEST_P(RandomPanes, GiveWhatTheRulesSay) {
  const auto [size, slide, offset] = GetParam();
  FakeHost host(events());
  auto settings = sliding(host, size, slide, {"key"}, all_three(host));
  settings.offset = seconds(offset);
  window::SlidingWindow transform(settings, host.context(), watermarked(host));
  for (uint64_t seed = 1; seed <= 16; seed += test::stride(5)) {
    FixedWindows model(settings.size.microseconds, settings.slide.microseconds,
                       settings.offset.microseconds, false);
    compare(host, transform, model, append_mode, seed, State::of_panes);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, RandomPanes,
                         ::testing::Values(Windows{10, 1, 0}, Windows{10, 1.25, -0.5},
                                           Windows{60, 1, 0.25}, Windows{2, 0.125, 0},
                                           Windows{300, 2, 1}));

TEST(RandomSessions, GiveWhatTheRulesSay) {
  FakeHost host(events());
  for (const double gap : {0.5, 2.0, 5.0}) {
    const auto settings = session(host, gap, {"key"}, all_three(host));
    window::SessionWindow transform(settings, host.context(), watermarked(host));
    for (uint64_t seed = 1; seed <= 8; seed += test::stride(5)) {
      SessionsByDefinition append(settings.gap->microseconds, false);
      compare(host, transform, append, append_mode, seed);
      SessionsByDefinition complete(settings.gap->microseconds, true);
      compare(host, transform, complete, complete_mode, seed);
    }
  }
}

TEST(RandomGroups, MoreThanATaskHoldsAtOnceStillAddUp) {
  FakeHost host({{{"key", TypeId::int64}, {"ts", TypeId::timestamp}}});
  const auto settings = tumbling(host, 1, {"key"}, {host.count()});
  window::TumblingWindow transform(settings, host.context(), watermarked(host));
  Harness run(host, transform, append_mode, 2, 3);
  std::vector<std::vector<Batch>> inputs(2);
  constexpr int64_t keys = 100'000;
  for (size_t task = 0; task < 2; ++task)
    for (int part = 0; part < 3; ++part) {
      ColumnBuilder key(TypeId::int64);
      ColumnBuilder time(TypeId::timestamp);
      for (int64_t i = 0; i < keys; ++i) {
        key.append(i * 7919 % keys);
        time.append(int64_t{5});
      }
      inputs[task].emplace_back(host.input(), std::vector<Column>{key.finish(), time.finish()},
                                keys);
    }
  EXPECT_EQ(run.epoch(inputs, 0, 0).count(Count::state_rows), keys);
  const auto rows = run.epoch(std::vector<Cells>{}, 0, second).on(Port::final);
  ASSERT_EQ(rows.size(), static_cast<size_t>(keys));
  for (const auto& row : rows) ASSERT_TRUE(row.ends_with(" 6")) << row;
}

}  // namespace
}  // namespace millrace::testing

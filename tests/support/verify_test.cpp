#include "tests/support/kafka_tool/verify.hpp"

#include <map>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/kafka_tool/events.hpp"

// A verifier that finds nothing is worse than none: each kind of fault is planted once.
namespace kafka_tool {
namespace {

Workload workload() {
  Workload result;
  result.events = 5'000;
  result.keys = 5;
  result.per_second = 100;
  result.late_share = 0.02;
  return result;
}

using Counts = std::map<std::pair<int64_t, std::string>, int64_t>;

Counts true_counts(const Workload& of, bool with_late) {
  Counts counts;
  for (int64_t i = 0; i < of.events; ++i) {
    const Event event = event_at(of, i);
    if (event.late && !with_late) continue;
    ++counts[{event.time_ms / 10'000 * 10'000, key_text(event)}];
  }
  return counts;
}

std::string row(int64_t window, const std::string& key, int64_t count) {
  return R"({"key":")" + key + R"(","ws":)" + std::to_string(window) + R"(,"n":)" +
         std::to_string(count) + "}";
}

Verifier verifier_of(const Counts& counts, Repeats repeats) {
  Expectation expectation;
  expectation.repeats = repeats;
  Verifier verifier(workload(), expectation);
  for (const auto& [place, count] : counts) verifier.take(row(place.first, place.second, count));
  return verifier;
}

TEST(Verify, AcceptsTheTruthWithAndWithoutLateEvents) {
  EXPECT_TRUE(verifier_of(true_counts(workload(), false), Repeats::none).faults().empty());
  EXPECT_TRUE(verifier_of(true_counts(workload(), true), Repeats::none).faults().empty());
}

TEST(Verify, ReportsAMissingWindow) {
  Counts counts = true_counts(workload(), false);
  counts.erase(counts.begin());
  const auto faults = verifier_of(counts, Repeats::none).faults();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_TRUE(faults[0].starts_with("a window is missing (1 times)")) << faults[0];
}

TEST(Verify, ReportsACountThatIsOneTooSmall) {
  Counts counts = true_counts(workload(), false);
  --counts.begin()->second;
  const auto faults = verifier_of(counts, Repeats::none).faults();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_TRUE(faults[0].starts_with("a count is wrong (1 times)")) << faults[0];
}

TEST(Verify, ReportsARepeatUnlessRepeatsAreAllowed) {
  const Counts counts = true_counts(workload(), true);
  const auto& [place, count] = *counts.rbegin();
  for (const auto& [repeats, faults] :
       {std::pair{Repeats::none, 1U}, {Repeats::equal, 0U}, {Repeats::last, 0U}}) {
    Verifier verifier = verifier_of(counts, repeats);
    verifier.take(row(place.first, place.second, count));
    EXPECT_EQ(verifier.faults().size(), faults);
  }
}

TEST(Verify, ReportsARepeatThatDiffers) {
  const Counts counts = true_counts(workload(), true);
  const auto& [place, count] = *counts.begin();
  Verifier verifier = verifier_of(counts, Repeats::equal);
  verifier.take(row(place.first, place.second, count + 1'000));
  EXPECT_EQ(verifier.faults().size(), 2U);  // it differs, and the later count is wrong
}

TEST(Verify, ReportsWhatTheInputCannotGive) {
  Verifier verifier = verifier_of(true_counts(workload(), true), Repeats::none);
  verifier.take(row(0, "user_0", 1));
  verifier.take(row(workload().start_ms, "user_99", 1));
  verifier.take("no json");
  EXPECT_EQ(verifier.faults().size(), 3U);
}

TEST(Verify, CountsAnEventInEveryWindowThatSlidesOverIt) {
  Expectation expectation;
  expectation.slide_ms = 5'000;
  Verifier verifier(workload(), expectation);
  Counts counts;
  for (int64_t i = 0; i < workload().events; ++i) {
    const Event event = event_at(workload(), i);
    const int64_t last = event.time_ms / 5'000 * 5'000;
    ++counts[{last, key_text(event)}];
    ++counts[{last - 5'000, key_text(event)}];
  }
  for (const auto& [place, count] : counts) verifier.take(row(place.first, place.second, count));
  EXPECT_TRUE(verifier.faults().empty()) << verifier.faults().front();
}

TEST(Events, AreTheSameEveryTimeAndDifferBySeed) {
  std::string first;
  std::string again;
  std::string other;
  Workload reseeded = workload();
  reseeded.seed = 2;
  for (int64_t i = 0; i < 100; ++i) {
    write_json(event_at(workload(), i), first);
    write_json(event_at(workload(), i), again);
    write_json(event_at(reseeded, i), other);
  }
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

}  // namespace
}  // namespace kafka_tool

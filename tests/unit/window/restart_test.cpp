#include <gmock/gmock.h>

#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Restart : public ::testing::Test {
 protected:
  FakeHost host{events()};
  window::TumblingSettings counts = tumbling(host, 10, {"key"}, {host.count()});
  window::TumblingWindow transform{counts, host.context(), watermarked(host)};
};

TEST_F(Restart, FinalRowsAreNotRepeated) {
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{1}, 1}, {"a", At{11}, 1}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 10 * second).on(Port::final),
              ElementsAre("0s 10s a 1"));
  run.restart();
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 10 * second, 20 * second).on(Port::final),
              ElementsAre("10s 20s a 1"));
}

TEST_F(Restart, FinalRowsAreNotRepeatedWhereTheWholeResultIsKept) {
  const uint32_t both = Harness::wants({Port::final, Port::all});
  Harness run(host, transform, both);
  run.epoch({{"a", At{1}, 1}, {"a", At{11}, 1}}, 0, 0);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 10 * second).on(Port::final),
              ElementsAre("0s 10s a 1"));
  run.restart();
  const auto result = run.epoch(std::vector<Cells>{}, 10 * second, 20 * second);
  EXPECT_THAT(result.on(Port::final), ElementsAre("10s 20s a 1"));
  EXPECT_THAT(result.on(Port::all), ElementsAre("0s 10s a 1", "10s 20s a 1"));
  EXPECT_EQ(result.count(Count::state_rows), 2);

  // The sink of the whole result goes: what was emitted must still not come again.
  run.restart(transform, append_mode, 1);
  run.epoch({{"a", At{21}, 1}}, 20 * second, 20 * second);
  const auto later = run.epoch(std::vector<Cells>{}, 20 * second, 30 * second);
  EXPECT_THAT(later.on(Port::final), ElementsAre("20s 30s a 1"));
  EXPECT_EQ(later.count(Count::state_rows), 0);
}

TEST_F(Restart, ASinkOfTheWholeResultMayJoinLater) {
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{1}, 1}, {"a", At{11}, 1}}, 0, 0);
  run.epoch(std::vector<Cells>{}, 0, 10 * second);
  run.restart(transform, Harness::wants({Port::final, Port::all}), 1);
  // A late row of a window that was emitted and evicted long ago.
  const auto result = run.epoch({{"a", At{2}, 1}}, 10 * second, 10 * second);
  EXPECT_THAT(result.on(Port::final), IsEmpty());
  EXPECT_THAT(result.on(Port::all), ElementsAre("0s 10s a 1", "10s 20s a 1"));
}

TEST_F(Restart, StateOfAnotherShapeIsRefusedWithBothShapes) {
  Harness run(host, transform, append_mode);
  run.epoch({{"a", At{1}, 1}}, 0, 0);
  const auto refusal = [&](const window::TumblingSettings& settings) -> std::string {
    window::TumblingWindow changed(settings, host.context(), watermarked(host));
    try {
      run.restart(changed, append_mode, 1);
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::user);
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(refusal(tumbling(host, 10, {"key"}, {host.aggregate("count", "sum", {"value"})})),
              AllOf(HasSubstr("count()"), HasSubstr("sum(long)"), HasSubstr("checkpoint")));
  EXPECT_THAT(refusal(tumbling(host, 20, {"key"}, {host.count()})), HasSubstr("20000000 us"));
  EXPECT_THAT(refusal(tumbling(host, 10, {"value"}, {host.count()})), HasSubstr("keys (long)"));
  // Another name for the same thing is no other shape.
  EXPECT_EQ(refusal(tumbling(host, 10, {"key"}, {host.count("n")})), "none");
}

TEST_F(Restart, SessionsSurviveBetweenAnyTwoEpochs) {
  window::SessionWindow sessions(session(host, 5, {"key"}, {host.count()}), host.context(),
                                 watermarked(host));
  Harness run(host, sessions, append_mode);
  run.epoch({{"a", At{0}, 1}, {"a", At{20}, 1}, {"b", At{3}, 1}}, 0, 0);
  run.restart();
  EXPECT_EQ(run.epoch({{"a", At{4}, 1}}, 0, 0).count(Count::state_rows), 3);
  run.restart();
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 9 * second).on(Port::final),
              ElementsAre("3s 8s b 1", "0s 9s a 2"));
  run.restart();
  const auto merged = run.epoch({{"a", At{16}, 1}}, 9 * second, 9 * second);
  EXPECT_EQ(merged.count(Count::state_rows), 1);
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 9 * second, 50 * second).on(Port::final),
              ElementsAre("16s 25s a 2"));
}

}  // namespace
}  // namespace millrace::testing

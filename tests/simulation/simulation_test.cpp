#include "tests/simulation/simulation.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/stride.hpp"

namespace millrace::simulation {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Catalog& catalog() {
  static const Catalog loaded = make_catalog();
  return loaded;
}

TEST(Simulation, OfOneSeedIsTheSameTwice) {
  for (uint64_t seed = 1; seed <= 30; seed += test::stride(5)) {
    const auto first = simulate(draw(seed), catalog());
    const auto second = simulate(draw(seed), catalog());
    EXPECT_EQ(first.trace, second.trace) << "seed " << seed;
    EXPECT_EQ(first.elapsed_us, second.elapsed_us) << "seed " << seed;
  }
}

TEST(Simulation, OfAnotherSeedIsAnother) {
  EXPECT_NE(simulate(draw(1), catalog()).trace, simulate(draw(2), catalog()).trace);
}

// The first scenario with such a fault in which the broken port is noticed.
Scenario noticed(Sabotage sabotage, FaultKind kind) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    Scenario scenario = draw(seed);
    scenario.sabotage = sabotage;
    const bool has_fault = std::ranges::any_of(
        scenario.faults, [&](const Fault& fault) { return fault.kind == kind; });
    if (has_fault && !simulate(scenario, catalog()).violations.empty()) return scenario;
  }
  return {};
}

class BrokenPort : public testing::TestWithParam<std::pair<Sabotage, FaultKind>> {};

// A simulation that cannot fail proves nothing.
TEST_P(BrokenPort, IsNoticedAndNeedsItsFault) {
  const auto [sabotage, kind] = GetParam();
  const Scenario scenario = noticed(sabotage, kind);
  ASSERT_THAT(scenario.faults, Not(IsEmpty())) << "nothing was noticed";
  const Scenario small = shrink(scenario, catalog());
  EXPECT_LE(small.faults.size(), scenario.faults.size());
  const Outcome outcome = simulate(small, catalog());
  ASSERT_THAT(outcome.violations, Not(IsEmpty()));
  EXPECT_THAT(report(small, outcome),
              HasSubstr("--seed " + std::to_string(scenario.seed) + " --seeds 1"));
  Scenario sound = small;
  sound.sabotage = Sabotage::none;
  EXPECT_THAT(simulate(sound, catalog()).violations, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenPort,
    testing::Values(std::pair{Sabotage::sync_does_nothing, FaultKind::power_loss},
                    std::pair{Sabotage::marker_before_fence, FaultKind::decision_delayed},
                    std::pair{Sabotage::producer_is_kept, FaultKind::decision_sent_twice},
                    std::pair{Sabotage::prepared_rows_vanish, FaultKind::kill_at_call}),
    [](const auto& each) {
      return std::string(std::array{"None", "SyncDoesNothing", "MarkerBeforeFence",
                                    "ProducerIsKept", "PreparedRowsVanish"}
                             .at(static_cast<size_t>(each.param.first)));
    });

}  // namespace
}  // namespace millrace::simulation

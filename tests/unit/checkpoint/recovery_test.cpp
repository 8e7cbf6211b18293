#include "core/checkpoint/recovery.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace {
namespace {

using Kind = RecoveryDecision::Kind;

// "p3" is the plan of epoch 3, "c3" its commit record, "s3" and "d3" a snapshot and a delta; a
// second letter names the run that wrote it.
std::vector<EpochFileName> files(const std::vector<std::string>& names) {
  std::vector<EpochFileName> parsed;
  for (const std::string& name : names) {
    const EpochFileKind kind = name[0] == 'p'   ? EpochFileKind::plan
                               : name[0] == 'c' ? EpochFileKind::commit
                               : name[0] == 's' ? EpochFileKind::snapshot
                                                : EpochFileKind::delta;
    const bool other_run = name.back() == 'b';
    parsed.push_back({std::stoull(name.substr(1)), other_run ? "bbbbbbbb" : "aaaaaaaa", kind});
  }
  return parsed;
}

struct Case {
  std::vector<std::string> found;
  Kind expected;
  std::string commit;
  std::string plan;
};

// Names the cases in the output of the tests.
void PrintTo(const Case& given, std::ostream* out) {
  *out << "found:";
  for (const std::string& name : given.found) *out << " " << name;
}

class DecideTest : public testing::TestWithParam<Case> {};

TEST_P(DecideTest, DecidesFromTheNamesAlone) {
  const Case& given = GetParam();
  std::vector<EpochFileName> found = files(given.found);
  for (int order = 0; order < 2; ++order) {
    const RecoveryDecision decision = decide(found);
    EXPECT_EQ(decision.kind, given.expected) << decision.reason;
    EXPECT_EQ(decision.reason.empty(), given.expected != Kind::refuse);
    const bool committed = !given.commit.empty();
    ASSERT_EQ(decision.commit.has_value(), committed);
    if (committed) {
      EXPECT_EQ(*decision.commit, files({given.commit})[0]);
      EXPECT_EQ(decision.commit_plan.value_or(*decision.commit).epoch, decision.commit->epoch);
    }
    ASSERT_EQ(decision.plan.has_value(), !given.plan.empty());
    if (decision.plan) {
      EXPECT_EQ(*decision.plan, files({given.plan})[0]);
    }
    std::reverse(found.begin(), found.end());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, DecideTest,
    testing::Values(Case{{}, Kind::fresh, "", ""}, Case{{"s0", "d1"}, Kind::fresh, "", ""},
                    Case{{"p0"}, Kind::rerun, "", "p0"}, Case{{"p0", "s0"}, Kind::rerun, "", "p0"},
                    Case{{"p0", "c0"}, Kind::committed, "c0", ""},
                    Case{{"p0", "c0", "p1"}, Kind::rerun, "c0", "p1"},
                    Case{{"p0", "c0b", "p1b", "d1"}, Kind::rerun, "c0b", "p1b"},
                    Case{{"p8", "c8", "p9", "c9"}, Kind::committed, "c9", ""},
                    Case{{"p8", "c8", "p9", "c9", "p10"}, Kind::rerun, "c9", "p10"},
                    // What removal of old epochs may leave.
                    Case{{"p5", "p9", "c9"}, Kind::committed, "c9", ""},
                    Case{{"c5", "p9", "c9"}, Kind::committed, "c9", ""},
                    Case{{"p5", "p5b", "p9", "c9"}, Kind::committed, "c9", ""},
                    // Whether its plan should be there is for the record to say.
                    Case{{"c0"}, Kind::committed, "c0", ""},
                    Case{{"p0", "c0", "c1"}, Kind::committed, "c1", ""},
                    Case{{"c1", "p2"}, Kind::rerun, "c1", "p2"},
                    // Contradictions.
                    Case{{"p3"}, Kind::refuse, "", ""}, Case{{"p0", "p1"}, Kind::refuse, "", ""},
                    Case{{"p0", "c0", "p2"}, Kind::refuse, "", ""},
                    Case{{"p1", "c1", "p2", "p2b"}, Kind::refuse, "", ""},
                    Case{{"p1", "c1", "c1b"}, Kind::refuse, "", ""},
                    Case{{"p1", "p1b", "c1"}, Kind::refuse, "", ""},
                    Case{{"p1", "p1b", "c1", "p2"}, Kind::refuse, "", ""},
                    Case{{"p0", "p0b"}, Kind::refuse, "", ""}));

TEST(EpochFileName, ComesBackFromItsText) {
  for (const char* name :
       {"00000000000000000000-0123abcd.plan", "00000000000000000042-ffffffff.commit",
        "18446744073709551615-00000000.delta", "00000000000000000001-deadbeef.snapshot"}) {
    const auto parsed = parse_epoch_file_name(name);
    ASSERT_TRUE(parsed.has_value()) << name;
    EXPECT_EQ(to_text(*parsed), name);
  }
}

TEST(EpochFileName, IsNothingElse) {
  for (const char* name :
       {"", "LOCK", "00000000000000000042-ffffffff", "00000000000000000042-ffffffff.commit.tmp",
        "0000000000000000042-ffffffff.commit", "00000000000000000042-FFFFFFFF.commit",
        "00000000000000000042_ffffffff.commit", "99999999999999999999-ffffffff.commit",
        "-0000000000000000042-ffffffff.commit", "00000000000000000042-fff/ffff.commit",
        "../00000000000000042-ffffffff.commit", "00000000000000000042-ffffffff.commitx"}) {
    EXPECT_FALSE(parse_epoch_file_name(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace millrace

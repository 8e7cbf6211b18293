#include "core/checkpoint/verdict.hpp"

#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/system/random.hpp"

namespace millrace {
namespace {

using Kind = Verdict::Kind;
using ::testing::HasSubstr;

// A record as "5a": of epoch 5, written by run a. An ending "!" makes it known to be decided, an
// ending "=" makes it its own decision.
FoundCommit record(const std::string& text) {
  FoundCommit found;
  const auto run = text.find_first_of("ab");
  found.name = {std::stoull(text.substr(0, run)), std::string(8, text[run]), EpochFileKind::commit};
  found.hash = text.substr(0, run + 1);
  found.decider = text.back() == '=' ? "" : "Kafka";
  found.known_decided = text.back() == '!';
  return found;
}

std::vector<FoundCommit> records(const std::string& texts) {
  std::istringstream in(texts);
  std::vector<FoundCommit> found;
  for (std::string text; in >> text;) found.push_back(record(text));
  return found;
}

struct Case {
  std::string newest;
  std::string parents;
  std::string marker;  // "5a", "-1" or "none"; "off": the pipeline has no decider
  Kind expected;
  std::string base;     // hash
  std::string discard;  // hashes
  bool writes = false;
  std::string assume = {};  // "committed 5" or "aborted 5"
};

void PrintTo(const Case& given, std::ostream* out) {
  *out << "newest " << given.newest << ", parents " << given.parents << ", marker " << given.marker
       << ' ' << given.assume;
}

Evidence evidence(const Case& given) {
  Evidence found;
  found.newest = records(given.newest);
  found.parents = records(given.parents);
  if (given.marker != "off") found.decider = "Kafka";
  if (given.marker == "-1") found.marker = Marker{};
  if (given.marker != "off" && given.marker != "none" && given.marker != "-1")
    found.marker = Marker{std::stoll(given.marker), given.marker, "a"};
  std::istringstream in(given.assume);
  std::string what;
  std::uint64_t epoch = 0;
  if (in >> what >> epoch)
    (what == "committed" ? found.assumption.committed : found.assumption.aborted) = epoch;
  return found;
}

class VerdictTest : public ::testing::TestWithParam<Case> {};

TEST_P(VerdictTest, FollowsFromWhatWasFound) {
  const Case& given = GetParam();
  const Verdict verdict = judge(evidence(given));
  EXPECT_EQ(verdict.kind, given.expected) << verdict.reason;
  EXPECT_EQ(verdict.base ? verdict.base->hash : "", given.base);
  std::string discard;
  for (const auto& name : verdict.discard)
    discard += (discard.empty() ? "" : " ") + std::to_string(name.epoch) + name.run[0];
  EXPECT_EQ(discard, given.discard);
  EXPECT_EQ(verdict.write_marker, given.writes);
  EXPECT_EQ(verdict.reason.empty(), given.expected != Kind::refuse);
}

INSTANTIATE_TEST_SUITE_P(
    Decided, VerdictTest,
    ::testing::Values(
        // The first start, and one that died before it had prepared anything.
        Case{"", "", "none", Kind::fresh, "", "", true}, Case{"", "", "-1", Kind::fresh, "", ""},
        // Decided; prepared only.
        Case{"5a", "4a", "5a", Kind::roll_forward, "5a", ""},
        Case{"5a!", "4a!", "5a", Kind::roll_forward, "5a", ""},
        Case{"5a", "", "5a", Kind::roll_forward, "5a", ""},
        Case{"5b", "4a", "4a", Kind::roll_back, "4a", "5b"},
        Case{"0a", "", "0a", Kind::roll_forward, "0a", ""},
        Case{"0a", "", "-1", Kind::fresh, "", "0a"},
        // Two runs prepared one epoch.
        Case{"5a 5b", "4a", "5b", Kind::roll_forward, "5b", "5a"},
        Case{"5a 5b", "4a", "4a", Kind::roll_back, "4a", "5a 5b"},
        Case{"5a", "4a 4b", "4b", Kind::roll_back, "4b", "5a"},
        // From a pipeline that decided by itself, and the first epoch after the change.
        Case{"5a=", "4a=", "none", Kind::roll_forward, "5a", "", true},
        Case{"5a=", "4a=", "5a", Kind::roll_forward, "5a", ""},
        Case{"5a=", "4a=", "2a", Kind::roll_forward, "5a", "", true},
        Case{"5a=", "4a=", "-1", Kind::roll_forward, "5a", "", true},
        Case{"6a", "5a=", "5a", Kind::roll_back, "5a", "6a"},
        Case{"6a", "5a=", "6a", Kind::roll_forward, "6a", ""},
        // And back.
        Case{"5a=", "4a=", "off", Kind::roll_forward, "5a", ""},
        Case{"5a!", "4a", "off", Kind::roll_forward, "5a", ""},
        Case{"", "", "off", Kind::fresh, "", ""}));

INSTANTIATE_TEST_SUITE_P(
    Forgotten, VerdictTest,
    ::testing::Values(Case{"5a!", "4a", "none", Kind::roll_forward, "5a", "", true},
                      Case{"5a", "4a", "none", Kind::refuse, "", ""},
                      Case{"0a", "", "none", Kind::refuse, "", ""},
                      Case{"5a", "4a", "none", Kind::roll_forward, "5a", "", true, "committed 5"},
                      Case{"5a", "4a", "none", Kind::roll_back, "4a", "5a", true, "aborted 5"},
                      Case{"0a", "", "none", Kind::fresh, "", "0a", true, "aborted 0"},
                      Case{"5a 5b", "4a", "none", Kind::refuse, "", "", false, "committed 5"},
                      Case{"5a 5b", "4a", "none", Kind::roll_back, "4a", "5a 5b", true,
                           "aborted 5"},
                      Case{"5a", "4a", "none", Kind::refuse, "", "", false, "committed 4"},
                      Case{"5a", "4a", "none", Kind::refuse, "", "", false, "aborted 4"},
                      Case{"5a", "4a", "off", Kind::refuse, "", ""},
                      Case{"5a", "4a", "off", Kind::roll_forward, "5a", "", false, "committed 5"},
                      Case{"5a", "4a", "off", Kind::roll_back, "4a", "5a", false, "aborted 5"},
                      // What is known does not listen to assumptions.
                      Case{"5a", "4a", "4a", Kind::roll_back, "4a", "5a", false, "committed 5"},
                      Case{"5a", "4a", "5a", Kind::roll_forward, "5a", "", false, "aborted 5"},
                      Case{"5a!", "4a", "none", Kind::roll_forward, "5a", "", true, "aborted 5"}));

INSTANTIATE_TEST_SUITE_P(
    Contradictions, VerdictTest,
    ::testing::Values(
        // An old copy of the directory; an empty one.
        Case{"5a", "4a", "6a", Kind::refuse, "", ""}, Case{"5a", "4a", "9a", Kind::refuse, "", ""},
        Case{"", "", "3a", Kind::refuse, "", ""}, Case{"5a=", "4a=", "6a", Kind::refuse, "", ""},
        // Another run decided the same epoch.
        Case{"5a", "4a", "5b", Kind::refuse, "", ""}, Case{"5a=", "4a", "5b", Kind::refuse, "", ""},
        Case{"5a", "4a", "4b", Kind::refuse, "", ""}, Case{"5a", "", "4a", Kind::refuse, "", ""},
        // A gap; a cluster that lost a decision.
        Case{"5a", "4a", "3a", Kind::refuse, "", ""}, Case{"5a", "4a", "-1", Kind::refuse, "", ""},
        Case{"5a!", "4a", "4a", Kind::refuse, "", ""},
        Case{"5a= 5b=", "4a", "off", Kind::refuse, "", ""}));

std::string refusal(const Case& given) { return judge(evidence(given)).reason; }

TEST(VerdictRefusal, SaysWhatToDo) {
  EXPECT_THAT(refusal({"5a", "4a", "none", Kind::refuse, "", ""}),
              HasSubstr("run once with --assume-committed=5 if they are, or with "
                        "--assume-aborted=5 if they are not"));
  EXPECT_THAT(refusal({"5a", "4a", "7a", Kind::refuse, "", ""}),
              HasSubstr("Kafka says that epoch 7 is the newest committed one, but the checkpoint's "
                        "newest is 00000000000000000005-aaaaaaaa.commit. This directory is an "
                        "older copy"));
  EXPECT_THAT(refusal({"5a", "4a", "off", Kind::refuse, "", ""}),
              HasSubstr("Run it once with the exactly-once sink that it had"));
}

// Whatever is found: a base is a record that was found, a marker that is believed is kept to, and
// what is decided against is never the base.
TEST(VerdictProperty, NeverBelievesWhatWasNotFound) {
  Rng rng(7);
  const auto some = [&](std::uint64_t epoch) {
    std::vector<FoundCommit> found;
    for (const char run : {'a', 'b'}) {
      if (rng.below(3) == 0) continue;
      const char* endings[] = {"", "!", "="};
      found.push_back(record(std::to_string(epoch) + run + endings[rng.below(3)]));
    }
    return found;
  };
  for (int i = 0; i < 200'000; ++i) {
    Evidence found;
    const std::uint64_t epoch = rng.below(3);
    found.newest = some(epoch);
    if (epoch > 0 && !found.newest.empty()) found.parents = some(epoch - 1);
    if (rng.below(4) != 0) found.decider = "Kafka";
    if (found.decider && rng.below(4) != 0) {
      found.marker = Marker{static_cast<std::int64_t>(rng.below(5)) - 1, "", "a"};
      if (found.marker->epoch >= 0)
        found.marker->record = std::to_string(found.marker->epoch) + (rng.below(2) ? "a" : "b");
    }
    if (rng.below(3) == 0) found.assumption.committed = rng.below(3);
    if (rng.below(3) == 0) found.assumption.aborted = rng.below(3);
    const Verdict verdict = judge(found);
    if (verdict.kind == Kind::refuse) {
      ASSERT_FALSE(verdict.base);
      ASSERT_TRUE(verdict.discard.empty());
      continue;
    }
    ASSERT_EQ(verdict.base.has_value(), verdict.kind != Kind::fresh);
    ASSERT_FALSE(verdict.write_marker && !found.decider);
    for (const auto& name : verdict.discard) ASSERT_EQ(name.epoch, epoch);
    if (!verdict.base) continue;
    for (const auto& name : verdict.discard) ASSERT_NE(name, verdict.base->name);
    ASSERT_EQ(verdict.base->name.epoch, epoch - (verdict.kind == Kind::roll_back ? 1 : 0));
    if (found.marker && !verdict.base->decider.empty()) {
      ASSERT_EQ(found.marker->record, verdict.base->hash);
    }
  }
}

}  // namespace
}  // namespace millrace

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "plugins/json/json_format.hpp"
#include "tests/support/plugin/fake_host.hpp"

// Random damage to good documents: never a crash (sanitizers watch), and always the same answer as
// when each document is decoded alone, so that no document can spoil its neighbours.
namespace millrace::json {
namespace {

using millrace::testing::binary_column;
using millrace::testing::FakeHost;
using millrace::testing::KeptRejects;
using millrace::testing::rows_json;

const Schema schema{{{"key", TypeId::string},
                     {"at", TypeId::timestamp},
                     {"n", TypeId::int64},
                     {"x", TypeId::float64},
                     {"list", list_of(TypeId::int64)},
                     {"inner", {TypeId::structure, {{"b", TypeId::boolean}}}}}};

class Damage {
 public:
  explicit Damage(uint64_t seed) : random_(seed) {}
  size_t below(size_t limit) { return random_() % limit; }

  std::string document() {
    std::string text = R"({"key":"k\u00e9y","at":"2024-01-01T00:00:00Z","n":)" +
                       std::to_string(below(1000)) +
                       R"(,"x":1.5e3,"list":[1,2,null],"inner":{"b":true,"c":"\\"},"more":"é"})";
    if (below(3) != 0) return text;
    static constexpr std::string_view bytes = "\"\\{}[]:,0-eu \x01\xff\xc3tnx";
    for (size_t i = below(4) + 1; i != 0 && !text.empty(); --i) {
      const size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text.erase(at, below(12) + 1);
          break;
        case 1:
          text.resize(at);
          break;
        case 2:
          text.insert(at, 1, bytes[below(bytes.size())]);
          break;
        default:
          text[at] = bytes[below(bytes.size())];
      }
    }
    return text;
  }

 private:
  std::mt19937_64 random_;
};

TEST(Hostile, DamagedDocumentsDoNotSpoilOthers) {
  FakeHost host;
  JsonFormat together({}, host.context(), schema);
  JsonFormat alone({}, host.context(), schema);
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Damage damage(seed);
    std::vector<std::string> payloads(damage.below(60) + 1);
    for (auto& payload : payloads) payload = damage.document();
    KeptRejects rejects;
    const auto rows = rows_json(together.decode(binary_column(payloads), rejects.rejects()));
    std::string expected;
    std::vector<std::pair<int64_t, std::string>> expected_rejects;
    for (size_t i = 0; i < payloads.size(); ++i) {
      KeptRejects one;
      expected += rows_json(alone.decode(binary_column({payloads[i]}), one.rejects()));
      for (const auto& [row, reason] : one.all)
        expected_rejects.emplace_back(static_cast<int64_t>(i), reason);
    }
    ASSERT_EQ(rows, expected) << "seed " << seed;
    ASSERT_EQ(rejects.all, expected_rejects) << "seed " << seed;
  }
}

TEST(Hostile, EmptyPayloadsDoNotHoldUpABadOneBeforeThem) {
  FakeHost host;
  JsonFormat format({}, host.context(), schema);
  KeptRejects rejects;
  const auto rows =
      format.decode(binary_column({"{", "", "", "x", "", R"({"n":1})"}), rejects.rejects());
  ASSERT_EQ(rejects.all.size(), 2U);
  EXPECT_EQ(rejects.all[0].first, 0);
  EXPECT_EQ(rejects.all[1].first, 3);
  EXPECT_EQ(rows.column("n").int64(5), 1);
}

TEST(Hostile, RandomBytes) {
  FakeHost host;
  JsonFormat format({}, host.context(), schema);
  std::mt19937_64 random(7);
  static constexpr std::string_view likely = "{}[]:,\"\\ \n01-.eEtruefalsnk";
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> payloads(random() % 20 + 1);
    for (auto& payload : payloads)
      for (size_t size = random() % 80; size != 0; --size)
        payload +=
            random() % 8 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
    KeptRejects rejects;
    const auto rows = format.decode(binary_column(payloads), rejects.rejects());
    ASSERT_EQ(rows.size(), static_cast<int64_t>(payloads.size()));
    for (const auto& [row, reason] : rejects.all)
      ASSERT_TRUE(rows.column(0).is_null(row)) << reason;
  }
}

TEST(Hostile, DeepAndWideDocumentsAreBounded) {
  FakeHost host;
  JsonFormat format({}, host.context(), schema);
  KeptRejects rejects;
  std::string wide = "{";
  for (int i = 0; i < 100'000; ++i) wide += "\"field" + std::to_string(i) + "\":1,";
  wide += "\"n\":7}";
  const auto rows = format.decode(
      binary_column(
          {"{\"key\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}", wide}),
      rejects.rejects());
  ASSERT_EQ(rejects.all.size(), 1U);
  EXPECT_NE(rejects.all[0].second.find("nested too deeply"), std::string::npos);
  EXPECT_LT(rejects.all[0].second.size(), 300U);
  EXPECT_EQ(rows.column("n").int64(1), 7);
}

}  // namespace
}  // namespace millrace::json

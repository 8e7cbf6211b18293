#include "core/system/random.hpp"

#include <array>
#include <set>

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(Rng, GivesTheSameValuesForTheSameSeed) {
  Rng one(7);
  Rng same(7);
  Rng other(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = one.next();
    EXPECT_EQ(value, same.next());
    differs = differs || value != other.next();
  }
  EXPECT_TRUE(differs);
}

TEST(Rng, StaysBelowTheBoundAndReachesEveryValue) {
  Rng rng(1);
  std::array<int, 6> seen{};
  for (int i = 0; i < 6000; ++i) {
    const std::uint64_t value = rng.below(seen.size());
    ASSERT_LT(value, seen.size());
    ++seen[value];
  }
  for (const int count : seen) EXPECT_NEAR(count, 1000, 200);
  EXPECT_EQ(rng.below(1), 0u);
}

TEST(Rng, GivesUniformValuesFromZeroToOne) {
  Rng rng(3);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = rng.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(Rng, IsSeededDifferentlyByTheSystemEachTime) {
  std::set<std::uint64_t> values;
  for (int i = 0; i < 10; ++i) values.insert(Rng::from_system().next());
  EXPECT_EQ(values.size(), 10u);
}

TEST(Uuid, HasTheTextFormOfVersionFour) {
  Rng rng(11);
  const std::string text = to_text(make_uuid(rng));
  ASSERT_EQ(text.size(), 36u);
  for (const std::size_t dash : {8u, 13u, 18u, 23u}) EXPECT_EQ(text[dash], '-');
  EXPECT_EQ(text[14], '4');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
  EXPECT_NE(text, to_text(make_uuid(rng)));
}

}  // namespace
}  // namespace millrace

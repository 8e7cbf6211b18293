#include "plugins/kafka/positions.hpp"

#include <gtest/gtest.h>

#include "millrace/error.hpp"

namespace millrace::kafka {
namespace {

Offsets at(int64_t offset) { return {{"views", {{0, offset}, {1, offset + 1}}}}; }

TEST(Positions, AreReadAsTheyWereWritten) {
  Positions positions;
  const auto text = positions.write(at(5));
  EXPECT_EQ(text, R"({"views":{"0":5,"1":6}})");
  EXPECT_EQ(*positions.parse(text), at(5));
  EXPECT_EQ(*positions.parse(R"({"views":{"0":7,"1":8}})"), at(7));
  EXPECT_THROW(positions.parse("{"), Error);
}

TEST(Positions, OfAMomentAgoAreNotParsedAgain) {
  Positions positions;
  const auto text = positions.write(at(1));
  const auto known = positions.parse(text);
  for (int time = 0; time < 10; ++time) {
    EXPECT_EQ(positions.write(at(1)), text);
    positions.write(at(2));
    positions.parse(to_json(at(3)));
  }
  EXPECT_EQ(positions.parse(text), known);
}

TEST(Positions, OfLongAgoAreParsedAgain) {
  Positions positions;
  const auto known = positions.parse(to_json(at(0)));
  for (int64_t offset = 1; offset < 100; ++offset) positions.write(at(offset));
  EXPECT_EQ(*known, at(0));
  EXPECT_EQ(*positions.parse(to_json(at(0))), at(0));
  EXPECT_EQ(*positions.parse(to_json(at(98))), at(98));
}

}  // namespace
}  // namespace millrace::kafka

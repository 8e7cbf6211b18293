#include "plugins/kafka/offsets.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "millrace/error.hpp"

#include "plugins/kafka/share.hpp"

namespace millrace::kafka {
namespace {

TEST(Offsets, AreSpelledAsInSpark) {
  const Offsets offsets{{"views", {{0, 23}, {1, 345}, {10, 2}, {2, 1}}}, {"a.b", {{0, 0}}}};
  const std::string text = R"({"a.b":{"0":0},"views":{"0":23,"1":345,"2":1,"10":2}})";
  EXPECT_EQ(to_json(offsets), text);
  EXPECT_EQ(parse_offsets(text, "a position"), offsets);
  EXPECT_EQ(to_json({}), "{}");
  EXPECT_EQ(parse_offsets("{}", "a position"), Offsets{});
}

TEST(Offsets, OfAnotherShapeAreRefusedWithWhatWasFound) {
  for (const auto* text : {"", "[1]", R"({"a":3})", R"({"a":{"0":"x"}})", R"({"a":{"0":1.5}})",
                           R"({"a":{"x":1}})", R"({"a":{"-1":1}})", R"({"a":{"0":1})"}) {
    try {
      parse_offsets(text, "`starting_offsets`");
      ADD_FAILURE() << text << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::user);
      EXPECT_NE(std::string(error.what()).find("`starting_offsets` must give an integer"),
                std::string::npos)
          << error.what();
    }
  }
}

TEST(Offsets, NameTheirPartitions) {
  EXPECT_EQ(partition_name("views", 3), "views/3");
  const auto back = parse_partition_name("page-views.v2/17");
  EXPECT_EQ(back.topic, "page-views.v2");
  EXPECT_EQ(back.partition, 17);
  EXPECT_THROW(parse_partition_name("views"), Error);
}

TEST(Limited, TakesAllThatIsWithinTheLimit) {
  const Offsets from{{"t", {{0, 10}, {1, 20}}}};
  const Offsets until{{"t", {{0, 20}, {1, 30}}}};
  EXPECT_EQ(limited(from, until, 20), until);
  EXPECT_EQ(limited(from, until, 0), until);
}

TEST(Limited, SharesInProportionToWhatThereIs) {
  const Offsets from{{"t", {{0, 100}, {1, 0}, {2, 5}}}};
  const Offsets until{{"t", {{0, 1'100}, {1, 3'000}, {2, 5}}}};
  EXPECT_EQ(limited(from, until, 400), (Offsets{{"t", {{0, 200}, {1, 300}, {2, 5}}}}));
}

TEST(Limited, LeavesNoPartitionWithoutAnything) {
  const Offsets from{{"t", {{0, 0}, {1, 0}}}};
  const Offsets until{{"t", {{0, 1}, {1, 1'000'000}}}};
  EXPECT_EQ(limited(from, until, 10), (Offsets{{"t", {{0, 1}, {1, 9}}}}));
}

TEST(Limited, HoldsForOffsetsNearTheEndOfTheirRange) {
  const int64_t last = std::numeric_limits<int64_t>::max();
  const Offsets from{{"t", {{0, last - 10}}}};
  EXPECT_EQ(limited(from, {{"t", {{0, last}}}}, 3), (Offsets{{"t", {{0, last - 7}}}}));
}

}  // namespace
}  // namespace millrace::kafka

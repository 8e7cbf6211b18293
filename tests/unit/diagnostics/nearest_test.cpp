#include "core/diagnostics/nearest.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace millrace {
namespace {

const std::vector<std::string> options = {"starting_offsets", "subscribe", "subscribe_pattern",
                                          "size", "slide"};

TEST(EditDistance, CountsInsertionsDeletionsChangesAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("szie", "size"), 1U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("szie", options), "size");
  EXPECT_EQ(nearest("subscirbe", options), "subscribe");
  EXPECT_EQ(nearest("startingOffset", options), "starting_offsets");
  EXPECT_EQ(nearest("SIZE", options), "size");
}

TEST(Nearest, SaysNothingWhereNothingResembles) {
  EXPECT_EQ(nearest("window", options), std::nullopt);
  EXPECT_EQ(nearest("xy", std::vector<std::string>{"ab"}), std::nullopt);
  EXPECT_EQ(nearest("size", std::vector<std::string>{}), std::nullopt);
}

TEST(Nearest, PrefersTheFirstOfEquals) {
  EXPECT_EQ(nearest("cat", std::vector<std::string>{"car", "cab"}), "car");
}

TEST(ToSnakeCase, SplitsAtCapitals) {
  EXPECT_EQ(to_snake_case("maxOffsetsPerTrigger"), "max_offsets_per_trigger");
  EXPECT_EQ(to_snake_case("already_snake"), "already_snake");
  EXPECT_EQ(to_snake_case("URL"), "url");
}

}  // namespace
}  // namespace millrace

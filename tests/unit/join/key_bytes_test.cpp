#include "plugins/join/key_bytes.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "millrace/column_builder.hpp"

namespace millrace::join {
namespace {

Column reals(const std::vector<double>& values) {
  ColumnBuilder builder(TypeId::float64);
  for (const auto value : values) builder.append(value);
  return builder.finish();
}

Column texts(const std::vector<const char*>& values) {
  ColumnBuilder builder(TypeId::string);
  for (const auto* value : values) {
    if (value == nullptr)
      builder.append_null();
    else
      builder.append_bytes(value);
  }
  return builder.finish();
}

TEST(KeyBytes, MakeZerosAndNansEqual) {
  KeyBytes keys;
  keys.encode(std::vector<Column>{reals({0.0, -0.0, std::nan("1"), -std::nan("2"), 1.0})}, {false},
              5);
  EXPECT_EQ(keys.key(0), keys.key(1));
  EXPECT_EQ(keys.key(2), keys.key(3));
  EXPECT_NE(keys.key(0), keys.key(4));
}

TEST(KeyBytes, KeepPartsApart) {
  KeyBytes keys;
  keys.encode(std::vector<Column>{texts({"ab", "a"}), texts({"c", "bc"})}, {false, false}, 2);
  EXPECT_NE(keys.key(0), keys.key(1));
}

TEST(KeyBytes, MatchNothingWithANullUnlessTheComparisonIsNullSafe) {
  KeyBytes keys;
  keys.encode(std::vector<Column>{texts({nullptr, "a"})}, {false}, 2);
  EXPECT_TRUE(keys.matches_nothing(0));
  EXPECT_FALSE(keys.matches_nothing(1));
  keys.encode(std::vector<Column>{texts({nullptr, nullptr})}, {true}, 2);
  EXPECT_FALSE(keys.matches_nothing(0));
  EXPECT_EQ(keys.key(0), keys.key(1));
}

}  // namespace
}  // namespace millrace::join

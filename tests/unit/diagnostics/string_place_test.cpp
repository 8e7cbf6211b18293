#include "core/diagnostics/string_place.hpp"

#include <string>

#include <gtest/gtest.h>

namespace millrace {
namespace {

/// The place of `part` of the value in a file that holds `literal` after `where = `.
Span place(const std::string& literal, std::size_t begin, std::size_t end) {
  const SourceFile file("a.toml", "where = " + literal + "\n");
  const Span whole = file.span_of_bytes(8, 8 + literal.size());
  return place_in_string(file, whole, begin, end);
}

TEST(PlaceInString, PointsIntoPlainStrings) {
  EXPECT_EQ(place(R"("a + b")", 4, 5), (Span{1, 14, 15}));
  EXPECT_EQ(place("'a + b'", 0, 1), (Span{1, 10, 11}));
  EXPECT_EQ(place(R"("abc")", 3, 3), (Span{1, 13, 13}));
  EXPECT_EQ(place(R"("")", 0, 0), (Span{1, 10, 10}));
}

TEST(PlaceInString, FollowsEscapes) {
  EXPECT_EQ(place(R"("\"x\" + y")", 6, 7), (Span{1, 18, 19}));
  EXPECT_EQ(place(R"("\u00e4x")", 2, 3), (Span{1, 16, 17}));
  EXPECT_EQ(place(R"("\U0001F600x")", 4, 5), (Span{1, 20, 21}));
  EXPECT_EQ(place(R"('\"x')", 2, 3), (Span{1, 12, 13}));
}

TEST(PlaceInString, CountsCodePointsOfTheFileAndBytesOfTheValue) {
  EXPECT_EQ(place("\"\xC3\xA4 + b\"", 5, 6), (Span{1, 14, 15}));
}

TEST(PlaceInString, FollowsLinesOfMultiLineStrings) {
  EXPECT_EQ(place("\"\"\"\na > 1\nAND b\"\"\"", 10, 11), (Span{3, 5, 6}));
  EXPECT_EQ(place("\"\"\"a \\\n   b\"\"\"", 2, 3), (Span{2, 4, 5}));
  EXPECT_EQ(place("'''\r\na\n'b'''", 3, 4), (Span{3, 2, 3}));
}

TEST(PlaceInString, FallsBackToTheWholeLiteral) {
  EXPECT_EQ(place(R"("abc")", 7, 8), (Span{1, 9, 14}));
  EXPECT_EQ(place("abc", 0, 1), (Span{1, 9, 12}));
  const SourceFile file("a.toml", "x");
  EXPECT_FALSE(place_in_string(file, Span{}, 0, 1).known());
}

}  // namespace
}  // namespace millrace

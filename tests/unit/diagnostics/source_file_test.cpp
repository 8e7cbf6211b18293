#include "core/diagnostics/source_file.hpp"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(SourceFile, SplitsLinesAndDropsTheirEnds) {
  const SourceFile file("a.toml", "one\r\ntwo\n\nfour");
  EXPECT_EQ(file.line_count(), 4U);
  EXPECT_EQ(file.line(1), "one");
  EXPECT_EQ(file.line(2), "two");
  EXPECT_EQ(file.line(3), "");
  EXPECT_EQ(file.line(4), "four");
  EXPECT_EQ(file.line(5), "");
  EXPECT_EQ(file.line(0), "");
}

TEST(SourceFile, CountsColumnsInCodePoints) {
  const SourceFile file("a.toml", "x\n\xC3\xA4\xE2\x82\xAC = 1\n");
  EXPECT_EQ(file.byte_offset(2, 1), 2U);
  EXPECT_EQ(file.byte_offset(2, 2), 4U);
  EXPECT_EQ(file.byte_offset(2, 3), 7U);
  EXPECT_EQ(file.byte_offset(2, 99), 11U);
  EXPECT_EQ(file.span_of_bytes(4, 7), (Span{2, 2, 3}));
}

TEST(SourceFile, CutsASpanAtTheEndOfItsLine) {
  const SourceFile file("a.toml", "abc\ndef\n");
  EXPECT_EQ(file.span_of_bytes(1, 6), (Span{1, 2, 4}));
  EXPECT_EQ(file.span_of_bytes(4, 4), (Span{2, 1, 1}));
  EXPECT_EQ(file.span_of_bytes(99, 120), (Span{3, 1, 1}));
}

TEST(FindInvalidUtf8, PointsAtTheFirstBadByte) {
  EXPECT_EQ(find_invalid_utf8(""), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("ab\xFF"), 2U);
  EXPECT_EQ(find_invalid_utf8("a\xC3"), 1U);             // cut off
  EXPECT_EQ(find_invalid_utf8("\xC0\x80"), 0U);          // overlong
  EXPECT_EQ(find_invalid_utf8("x\xED\xA0\x80"), 1U);     // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0U);  // above the last code point
  EXPECT_EQ(find_invalid_utf8("\xE2\x28\xA1"), 0U);
}

}  // namespace
}  // namespace millrace

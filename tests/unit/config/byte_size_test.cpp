#include "core/config/byte_size.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace millrace {
namespace {

std::string reason(const std::string& text) {
  const ParsedByteSize parsed = parse_byte_size(text);
  EXPECT_FALSE(parsed.value) << text;
  return parsed.reason.substr(0, parsed.reason.find(';'));
}

TEST(ParseByteSize, ReadsBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_byte_size("64 MiB").value, 64LL << 20);
  EXPECT_EQ(parse_byte_size("10 MB").value, 10'000'000);
  EXPECT_EQ(parse_byte_size("1GiB").value, 1LL << 30);
  EXPECT_EQ(parse_byte_size(" 512 bytes ").value, 512);
  EXPECT_EQ(parse_byte_size("1.5 KiB").value, 1536);
  EXPECT_EQ(parse_byte_size("0 B").value, 0);
}

TEST(ParseByteSize, SaysWhatIsWrong) {
  EXPECT_EQ(reason(""), "the size is empty");
  EXPECT_EQ(reason("64"), "`64` has no unit");
  EXPECT_EQ(reason("64 MeB"), "`MeB` is not a unit of size");
  EXPECT_EQ(reason("-1 MB"), "a size cannot be negative");
  EXPECT_EQ(reason("much"), "`much` does not begin with a number");
  EXPECT_EQ(reason("1.2.3 MB"), "`1.2.3 MB` does not begin with a number");
  EXPECT_EQ(reason("99999999999 TiB"), "the size is too large");
}

TEST(FormatByteSize, UsesTheLargestUnitThatDivides) {
  EXPECT_EQ(format_byte_size(64LL << 20), "64 MiB");
  EXPECT_EQ(format_byte_size(1536), "1536 bytes");
  EXPECT_EQ(format_byte_size(1), "1 byte");
  EXPECT_EQ(format_byte_size(0), "0 bytes");
}

}  // namespace
}  // namespace millrace

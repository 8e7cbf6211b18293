#include "core/config/duration.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace millrace {
namespace {

std::int64_t us(const std::string& text) {
  const ParsedDuration parsed = parse_duration(text);
  EXPECT_TRUE(parsed.value) << text << ": " << parsed.reason;
  return parsed.value ? parsed.value->total_us() : -1;
}

std::string reason(const std::string& text) {
  const ParsedDuration parsed = parse_duration(text);
  EXPECT_FALSE(parsed.value) << text;
  return parsed.reason.substr(0, parsed.reason.find(';'));
}

TEST(ParseDuration, ReadsEveryUnit) {
  EXPECT_EQ(us("1 microsecond"), 1);
  EXPECT_EQ(us("250 microseconds"), 250);
  EXPECT_EQ(us("3500 milliseconds"), 3'500'000);
  EXPECT_EQ(us("10 seconds"), 10'000'000);
  EXPECT_EQ(us("2 minutes"), 120'000'000);
  EXPECT_EQ(us("1 hour"), 3'600'000'000);
  EXPECT_EQ(us("1 day"), 86'400'000'000);
  EXPECT_EQ(us("1 week"), 604'800'000'000);
}

TEST(ParseDuration, ReadsShortFormsAndSums) {
  EXPECT_EQ(us("10s"), 10'000'000);
  EXPECT_EQ(us("1m30s"), 90'000'000);
  EXPECT_EQ(us("1 minute 30 seconds"), 90'000'000);
  EXPECT_EQ(us("  5 MIN  "), 300'000'000);
  EXPECT_EQ(us("7 us"), 7);
  EXPECT_EQ(us("0 seconds"), 0);
}

TEST(ParseDuration, ReadsFractionsExactly) {
  EXPECT_EQ(us("1.5 seconds"), 1'500'000);
  EXPECT_EQ(us(".5 seconds"), 500'000);
  EXPECT_EQ(us("0.000001 seconds"), 1);
  EXPECT_EQ(us("0.25 weeks"), 151'200'000'000);
  EXPECT_EQ(us("2.0 months"), us("2 months"));
  EXPECT_EQ(reason("0.0000001 seconds"), "the duration is finer than a microsecond");
  EXPECT_EQ(reason("0.5 microseconds"), "the duration is finer than a microsecond");
}

TEST(ParseDuration, ReadsNegativeOnes) {
  EXPECT_EQ(us("-5 seconds"), -5'000'000);
  EXPECT_EQ(us("-1.5 seconds"), -1'500'000);
  EXPECT_EQ(us("1 minute -30 seconds"), 30'000'000);
}

TEST(ParseDuration, KeepsMonthsApart) {
  const ParsedDuration parsed = parse_duration("1 month 2 seconds");
  ASSERT_TRUE(parsed.value);
  EXPECT_EQ(parsed.value->months, 1);
  EXPECT_EQ(parsed.value->microseconds, 2'000'000);
  EXPECT_EQ(us("1 month"), 31LL * 86'400'000'000);
  EXPECT_EQ(us("1 year"), 12 * 31LL * 86'400'000'000);
  EXPECT_EQ(reason("0.5 months"), "a part of a month has no fixed length");
}

TEST(ParseDuration, SaysWhatIsWrong) {
  EXPECT_EQ(reason(""), "the duration is empty");
  EXPECT_EQ(reason("10"), "`10` has no unit");
  EXPECT_EQ(reason("ten seconds"), "a number is missing before its unit");
  EXPECT_EQ(reason("10 fortnights"), "`fortnights` is not a unit of time");
  EXPECT_EQ(reason("10 %"), "`%` is not a unit of time");
  EXPECT_EQ(reason("- seconds"), "a number is missing before its unit");
  EXPECT_EQ(reason("99999999999999999999 seconds"), "the duration is too long");
  EXPECT_EQ(reason("9999999999999 seconds"), "the duration is too long");
  EXPECT_EQ(reason("9999999999 months"), "the duration is too long");
  EXPECT_NE(parse_duration("x").reason.find("\"10 seconds\""), std::string::npos);
}

TEST(FormatDuration, IsReadBack) {
  EXPECT_EQ(format_duration_us(90'000'000), "1 minute 30 seconds");
  EXPECT_EQ(format_duration_us(0), "0 seconds");
  EXPECT_EQ(format_duration_us(-5'000'000), "-5 seconds");
  EXPECT_EQ(format_duration({1, 1'500'000}), "1 month 1 second 500 milliseconds");
  for (const std::int64_t one : {1LL, 999LL, 86'400'000'001LL, -61'000'000LL}) {
    EXPECT_EQ(us(format_duration_us(one)), one);
  }
}

}  // namespace
}  // namespace millrace

#include "plugins/json/scalar.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace millrace::json {
namespace {

TEST(Scalar, NumbersFollowTheGrammar) {
  for (const char* good : {"0", "-0", "1", "10", "0.5", "1e5", "1E-5", "1.25e+10", "-12.0"})
    EXPECT_TRUE(is_number(good)) << good;
  for (const char* bad :
       {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1.e5", "0x1", "1_0", "NaN", "1 ", "--1"})
    EXPECT_FALSE(is_number(bad)) << bad;
}

TEST(Scalar, RealsAreCorrectlyRounded) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    char text[64];
    const double value =
        std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 400) - 232);
    const auto* end = std::to_chars(text, text + sizeof text, i % 2 == 0 ? value : -value).ptr;
    EXPECT_EQ(parse_real({text, end}), i % 2 == 0 ? value : -value) << text;
  }
  EXPECT_EQ(parse_real("0.30000000000000004"), 0.30000000000000004);
  EXPECT_EQ(parse_real("123456789012345678901234567890"), 123456789012345678901234567890.0);
}

TEST(Scalar, RealsBeyondTheRangeAreInfiniteOrZero) {
  EXPECT_EQ(parse_real("1e400"), HUGE_VAL);
  EXPECT_EQ(parse_real("-1e400"), -HUGE_VAL);
  EXPECT_EQ(parse_real("1e-400"), 0.0);
  EXPECT_EQ(parse_real("1e99999999999999999999"), HUGE_VAL);
  EXPECT_EQ(parse_real("0." + std::string(400, '0') + "1"), 0.0);
}

TEST(Scalar, IntegersAreExact) {
  EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(parse_integer("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(parse_integer("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_integer("-9223372036854775809"), std::nullopt);
  EXPECT_EQ(parse_integer("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_integer("100000000000000000000"), std::nullopt);
  EXPECT_EQ(parse_integer("1.0"), std::nullopt);
  EXPECT_EQ(parse_integer("1e2"), std::nullopt);
}

std::string unescaped(const std::string& text) {
  std::string to(text.size(), '\0');
  const char* end = unescape(text, to.data());
  if (end == nullptr) return "bad";
  to.resize(static_cast<size_t>(end - to.data()));
  return to;
}

TEST(Scalar, EscapesMeanWhatTheyMean) {
  EXPECT_EQ(unescaped(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(unescaped(R"(\u0041\u00e9\u20ac\ud83d\ude00)"), "Aé€😀");
  EXPECT_EQ(unescaped(R"(\ud83dx)"), "\xef\xbf\xbdx");
  EXPECT_EQ(unescaped(R"(\ude00)"), "\xef\xbf\xbd");
  EXPECT_EQ(unescaped(R"(\ud83d\u0041)"),
            "\xef\xbf\xbd"
            "A");
  EXPECT_EQ(unescaped(R"(\u12)"), "bad");
  EXPECT_EQ(unescaped("\\"), "bad");
  EXPECT_FALSE(has_valid_escapes("ab\\"));
  EXPECT_FALSE(has_valid_escapes("\\x41"));
  EXPECT_TRUE(has_valid_escapes(R"(\\\u1234\\)"));
}

TEST(Scalar, Base64) {
  const auto decoded = [](std::string_view text) {
    std::string to;
    return decode_base64(text, to) ? to : "bad";
  };
  EXPECT_EQ(decoded("aGVsbG8="), "hello");
  EXPECT_EQ(decoded("aGVsbG8"), "hello");
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("a"), "bad");
  EXPECT_EQ(decoded("aG*s"), "bad");
  EXPECT_EQ(decoded("aA==="), "bad");
}

TEST(Scalar, ACountOfTimeIsOneThatItsTextCanSay) {
  const int64_t first = -62'167'219'200;  // 0000-01-01
  const int64_t last = 253'402'300'799;   // 9999-12-31 23:59:59
  constexpr int64_t second = 1'000'000;
  EXPECT_EQ(time_of_count(first, second), first * second);
  EXPECT_EQ(time_of_count(last, second), last * second);
  EXPECT_EQ(time_of_count(first - 1, second), std::nullopt);
  EXPECT_EQ(time_of_count(last + 1, second), std::nullopt);
  EXPECT_EQ(time_of_count(std::numeric_limits<int64_t>::max(), second), std::nullopt);
  EXPECT_EQ(time_of_count(std::numeric_limits<int64_t>::min(), 1), std::nullopt);
}

}  // namespace
}  // namespace millrace::json

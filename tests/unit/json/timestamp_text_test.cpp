#include "millrace/timestamp_text.hpp"

#include <ctime>
#include <regex>

#include <gtest/gtest.h>

namespace millrace {
namespace {

// The same by a regular expression and the C library.
std::optional<int64_t> plain_parse(const std::string& text) {
  static const std::regex form(
      R"((\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d(?::?\d\d)?)?)?)");
  std::smatch found;
  if (!std::regex_match(text, found, form)) return std::nullopt;
  const auto number = [&](size_t group) {
    return found[group].matched ? std::stoi(found[group]) : 0;
  };
  std::tm day{};
  day.tm_year = number(1) - 1900;
  day.tm_mon = number(2) - 1;
  day.tm_mday = number(3);
  const std::time_t seconds = timegm(&day);
  if (day.tm_mon != number(2) - 1 || day.tm_mday != number(3)) return std::nullopt;
  if (number(4) > 23 || number(5) > 59 || number(6) > 59) return std::nullopt;
  int64_t time = (seconds + number(4) * 3600 + number(5) * 60 + number(6)) * int64_t{1'000'000};
  if (found[7].matched) time += std::stoi((found[7].str() + "000000").substr(0, 6));
  if (const auto zone = found[8].str(); zone.size() > 1) {
    const int hours = std::stoi(zone.substr(1, 2));
    const int minutes = zone.size() > 3 ? std::stoi(zone.substr(zone.size() - 2)) : 0;
    if (hours > 18 || minutes > 59) return std::nullopt;
    time -= (zone[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60) * int64_t{1'000'000};
  }
  const auto second = static_cast<std::time_t>(floor_div(time, 1'000'000));
  std::tm utc{};
  gmtime_r(&second, &utc);
  const int year = utc.tm_year + 1900;
  return year >= 0 && year <= 9999 ? std::optional(time) : std::nullopt;
}

TEST(TimestampText, EveryChangeOfOneByteIsReadAsByPlainMeans) {
  for (const std::string text :
       {"2024-02-29T12:30:59", "2024-01-31 23:59:59.123456789Z", "1969-12-31T00:00:00.5+05:30",
        "0001-01-01T00:00:00-0130", "9999-12-31T23:59:59.999+18", "2023-02-28"}) {
    ASSERT_TRUE(parse_timestamp(text).has_value()) << text;
    for (size_t at = 0; at < text.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        auto changed = text;
        changed[at] = static_cast<char>(byte);
        EXPECT_EQ(parse_timestamp(changed), plain_parse(changed)) << changed;
      }
      EXPECT_EQ(parse_timestamp(text.substr(0, at)), plain_parse(text.substr(0, at)))
          << text.substr(0, at);
      EXPECT_EQ(parse_timestamp(text + text.substr(0, at)), plain_parse(text + text.substr(0, at)));
    }
  }
}

TEST(TimestampText, AZoneDoesNotLeadOutOfTheYearsThatFourDigitsSay) {
  for (const auto* text : {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"}) {
    const auto time = parse_timestamp(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(timestamp_text(*time), text);
  }
  EXPECT_EQ(parse_timestamp("0000-01-01T00:00:00+00:01"), std::nullopt);
  EXPECT_EQ(parse_timestamp("9999-12-31T23:59:59-00:01"), std::nullopt);
  struct {
    int64_t instant_of(int64_t local) const { return local - 3600 * microseconds_per_second; }
  } an_hour_ahead;
  EXPECT_EQ(parse_timestamp("0000-01-01T00:59:59", an_hour_ahead), std::nullopt);
  EXPECT_EQ(parse_timestamp("0000-01-01T01:00:00", an_hour_ahead),
            parse_timestamp("0000-01-01T00:00:00Z"));
}

TEST(TimestampText, EveryDayOfFourCenturiesIsReadAsItIsWritten) {
  for (int64_t day = -100 * 366; day < 301 * 366; ++day) {
    char text[timestamp_text_max];
    const std::string date(text, format_date(day, text));
    ASSERT_EQ(parse_date(date), day) << date;
  }
}

}  // namespace
}  // namespace millrace

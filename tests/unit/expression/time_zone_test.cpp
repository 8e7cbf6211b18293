#include "core/expression/time_zone.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "millrace/timestamp_text.hpp"

#include "core/expression/timestamp_cast.hpp"
#include "core/expression/zone_file.hpp"

namespace millrace {
namespace {

constexpr int64_t hour = 3'600'000'000;

int64_t instant(const char* text) { return parse_timestamp(text).value(); }

int64_t offset_hours(const TimeZone& zone, const char* text) {
  return zone.offset_at(instant(text)) / hour;
}

TEST(TimeZone, KnowsOffsets) {
  EXPECT_TRUE(TimeZone::find("UTC")->is_utc());
  EXPECT_TRUE(TimeZone::find("Z")->is_utc());
  EXPECT_EQ(TimeZone::find("+02:00")->offset_at(0), 2 * hour);
  EXPECT_EQ(TimeZone::find("-0530")->offset_at(0), -5 * hour - hour / 2);
  EXPECT_EQ(TimeZone::find("UTC+3")->offset_at(0), 3 * hour);
  EXPECT_EQ(TimeZone::find("GMT-1")->offset_at(0), -hour);
  for (const auto* const bad : {"", "+19", "+1:2:3:4", "+1:60", "Nowhere/City", "../etc/passwd",
                                "/etc/passwd", "Europe", "+", "+a"})
    EXPECT_EQ(TimeZone::find(bad), nullptr) << bad;
}

TEST(TimeZone, FollowsSummerTime) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  ASSERT_NE(berlin, nullptr);
  EXPECT_EQ(offset_hours(*berlin, "2024-03-31T00:59:59Z"), 1);
  EXPECT_EQ(offset_hours(*berlin, "2024-03-31T01:00:00Z"), 2);
  EXPECT_EQ(offset_hours(*berlin, "2024-10-27T00:59:59Z"), 2);
  EXPECT_EQ(offset_hours(*berlin, "2024-10-27T01:00:00Z"), 1);
}

TEST(TimeZone, FollowsTheRuleBehindTheLastTransition) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  EXPECT_EQ(offset_hours(*berlin, "2090-03-26T00:59:59Z"), 1);
  EXPECT_EQ(offset_hours(*berlin, "2090-03-26T01:00:00Z"), 2);
  EXPECT_EQ(offset_hours(*berlin, "2090-12-01T00:00:00Z"), 1);
  const auto sydney = TimeZone::find("Australia/Sydney");  // Summer spans the turn of the year.
  EXPECT_EQ(offset_hours(*sydney, "2090-01-01T00:00:00Z"), 11);
  EXPECT_EQ(offset_hours(*sydney, "2090-07-01T00:00:00Z"), 10);
  EXPECT_EQ(offset_hours(*TimeZone::find("Asia/Tokyo"), "2090-07-01T00:00:00Z"), 9);
}

TEST(TimeZone, ResolvesLocalTimesAsJavaDoes) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  // 02:30 does not exist: it becomes 03:30.
  EXPECT_EQ(berlin->from_local(instant("2024-03-31T02:30:00Z")), instant("2024-03-31T01:30:00Z"));
  // 02:30 exists twice: the first one, in summer time.
  EXPECT_EQ(berlin->from_local(instant("2024-10-27T02:30:00Z")), instant("2024-10-27T00:30:00Z"));
  EXPECT_EQ(berlin->from_local(instant("2024-07-01T12:00:00Z")), instant("2024-07-01T10:00:00Z"));
}

TEST(TimeZone, LocalTimesReadBackForEveryHourOfAYear) {
  for (const auto* const name :
       {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"}) {
    const auto zone = TimeZone::find(name);
    ASSERT_NE(zone, nullptr) << name;
    int64_t repeated = 0;
    for (int64_t at = instant("2024-01-01"); at < instant("2025-01-01"); at += hour / 2) {
      const int64_t back = zone->from_local(zone->to_local(at));
      if (back != at) ++repeated;
      EXPECT_TRUE(back == at || (back < at && zone->to_local(back) == zone->to_local(at)));
    }
    EXPECT_LE(repeated, 2) << name;
  }
}

TEST(ZoneFile, RefusesDamagedFiles) {
  std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_NE(ZoneFile::read("Europe/Berlin", bytes), nullptr);
  const size_t footer = bytes.rfind('\n', bytes.size() - 2);
  for (size_t size = 0; size < footer; size += 7)
    EXPECT_EQ(ZoneFile::read("cut", bytes.substr(0, size)), nullptr) << size;
  EXPECT_EQ(ZoneFile::read("text", "this is not a zone"), nullptr);
}

TEST(Timestamps, ReadWhatTheyWrite) {
  const auto utc = TimeZone::utc();
  for (const int64_t at : {int64_t{0}, int64_t{-1}, int64_t{1'709'251'199'999'999},
                           int64_t{-62'135'596'800'000'000}, int64_t{253'402'300'799'999'999}}) {
    char text[timestamp_text_max];
    const std::string written(text, write_timestamp(at, *utc, text));
    EXPECT_EQ(cast_to_timestamp(written, *utc), at) << written;
  }
}

}  // namespace
}  // namespace millrace

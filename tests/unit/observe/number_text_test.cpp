#include "core/observe/number_text.hpp"

#include <gtest/gtest.h>

namespace millrace::observe {
namespace {

TEST(NumberText, IsoTime) {
  EXPECT_EQ(to_iso_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_iso_time(1'795'351'231'250'999), "2026-11-22T12:40:31.250Z");
  EXPECT_EQ(to_iso_time(-1), "1969-12-31T23:59:59.999Z");
}

TEST(NumberText, Count) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1 000");
  EXPECT_EQ(count_text(1234567), "1 234 567");
  EXPECT_EQ(count_text(-1000), "-1 000");
  EXPECT_EQ(count_text(-100), "-100");
}

TEST(NumberText, ShortCount) {
  EXPECT_EQ(short_count_text(0), "0");
  EXPECT_EQ(short_count_text(12), "12");
  EXPECT_EQ(short_count_text(0.5), "0.5");
  EXPECT_EQ(short_count_text(999), "999");
  EXPECT_EQ(short_count_text(999.9), "1 k");
  EXPECT_EQ(short_count_text(38211), "38.2 k");
  EXPECT_EQ(short_count_text(1'220'000), "1.22 M");
  EXPECT_EQ(short_count_text(999'900), "1 M");
}

TEST(NumberText, Bytes) {
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1024), "1.0 KiB");
  EXPECT_EQ(bytes_text(3'250'586), "3.1 MiB");
}

TEST(NumberText, Duration) {
  EXPECT_EQ(duration_text(38'000), "38 ms");
  EXPECT_EQ(duration_text(500), "0.5 ms");
  EXPECT_EQ(duration_text(210'000), "0.21 s");
  EXPECT_EQ(duration_text(12'400'000), "12.4 s");
  EXPECT_EQ(duration_text(600'000'000), "10 min");
  EXPECT_EQ(duration_text(7'500'000'000), "2 h 5 min");
}

}  // namespace
}  // namespace millrace::observe

// Every short way that the ShapeReader takes through a value, held against the long one.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "millrace/timestamp_text.hpp"

#include "plugins/json/plain_text.hpp"
#include "plugins/json/recent_day.hpp"
#include "plugins/json/scalar.hpp"

namespace millrace::json {
namespace {

class FastPath : public ::testing::Test {
 protected:
  size_t pick(size_t count) { return random_() % count; }

  /// One character changed to another, or to one that matters.
  void spoil(std::string& text) {
    static constexpr std::string_view odd = "09:.-TZz +\"\\\x1f\x7f\x80\xff";
    text[pick(text.size())] = odd[pick(odd.size())];
  }

  std::mt19937_64 random_{1};
};

using ClosingQuote = FastPath;

TEST_F(ClosingQuote, IsFoundAsByWordsAndByBytes) {
  static constexpr std::string_view odd = "\"\\\x1f\x00\x20\x7f\x80\xff\n!#[]";
  for (int i = 0; i < 200'000; ++i) {
    const size_t size = pick(70);
    std::string text(size + 64, '"');
    for (size_t at = 0; at < size; ++at) text[at] = static_cast<char>('a' + pick(26));
    for (size_t count = pick(3); count > 0 && size > 0; --count)
      text[pick(size)] = odd[pick(odd.size())];
    const char* at = text.data();
    const char* end = at + size;
    const char* first = std::find_if(at, end, [](char c) {
      return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
    });
    const char* expected = first != end && *first == '"' ? first : nullptr;
    bool ascii = true;
    bool ascii_by_words = true;
    ASSERT_EQ(closing_quote(at, end, ascii), expected) << text;
    ASSERT_EQ(closing_quote_by_words(at, end, ascii_by_words), expected) << text;
    if (expected == nullptr) continue;
    const bool is_ascii =
        std::all_of(at, expected, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    ASSERT_EQ(ascii, is_ascii) << text;
    ASSERT_EQ(ascii_by_words, is_ascii) << text;
  }
}

using RecentDayTest = FastPath;

TEST_F(RecentDayTest, ReadsNothingThatTheLongWayReadsOtherwise) {
  RecentDay day;
  size_t taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    // A few days, so that most are of the last one.
    const auto us = static_cast<int64_t>(1'767'225'600'000 + pick(3 * 86'400'000)) * 1000;
    char written[timestamp_text_max];
    std::string text(written, format_timestamp(us, written));
    if (pick(3) == 0) spoil(text);
    if (pick(20) == 0) spoil(text);
    const auto expected = parse_timestamp(text);
    int64_t time = 0;
    std::string padded = text + std::string(64, '0');
    if (text.size() == RecentDay::text_size && day.read(padded.data(), time)) {
      ASSERT_TRUE(expected) << text;
      ASSERT_EQ(time, *expected) << text;
      ++taken;
    } else if (expected) {
      day.note(text, *expected);
    }
  }
  EXPECT_GT(taken, 20'000U);
}

TEST_F(RecentDayTest, KnowsNoDayAtFirst) {
  const std::string text = "2026-01-01T00:00:00.000Z" + std::string(64, '\0');
  int64_t time = 0;
  EXPECT_FALSE(RecentDay().read(text.data(), time));
  EXPECT_FALSE(RecentDay().read(std::string(88, '\0').data(), time));
}

TEST_F(RecentDayTest, TakesNoDayFromATimeInAnotherZone) {
  RecentDay day;
  const std::string text = "2026-01-01T12:00:00+01:00" + std::string(64, '\0');
  day.note("2026-01-01T12:00:00+01:0", *parse_timestamp("2026-01-01T12:00:00+01:00"));
  int64_t time = 0;
  EXPECT_FALSE(day.read(text.data(), time));
}

using NumberTest = FastPath;

TEST_F(NumberTest, IsReadAsItsTextWouldBeByTheStandardLibrary) {
  static constexpr std::string_view parts = "0123456789.-+eE";
  for (int i = 0; i < 300'000; ++i) {
    std::string text;
    if (pick(3) == 0) {  // Anything that looks like one, else mostly right ones.
      for (size_t size = 1 + pick(8); size > 0; --size) text += parts[pick(parts.size())];
    } else {
      text = std::to_string(static_cast<int64_t>(random_() >> pick(63)));
      if (pick(2) == 0) text = "-" + text;
      if (pick(2) == 0) text += "." + std::to_string(random_() >> pick(63));
      if (pick(4) == 0) text += "e" + std::to_string(static_cast<int>(pick(700)) - 350);
    }
    const char* begin = text.data();
    const char* end = begin + text.size();
    const char* behind = end_of_number(begin, end);
    const char* at = begin;
    const auto real = read_real(at, end);
    ASSERT_EQ(real.has_value(), behind != nullptr) << text;
    if (!real) continue;
    ASSERT_EQ(at, behind) << text;
    const std::string number(begin, behind);
    ASSERT_EQ(*real, std::strtod(number.c_str(), nullptr)) << text;
    int64_t expected = 0;
    const auto [stop, code] = std::from_chars(begin, behind, expected);
    at = begin;
    const auto integer = read_integer(at, end);
    ASSERT_EQ(integer.has_value(), stop == behind && code == std::errc()) << text;
    if (integer) {
      ASSERT_EQ(*integer, expected) << text;
    }
  }
}

}  // namespace
}  // namespace millrace::json

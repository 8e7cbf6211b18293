#pragma once
#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/civil.hpp"

namespace millrace {

namespace detail {

inline char* put_digits(char* at, int64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return at + count;
}

/// Reads exactly `count` digits at `text[at]`; -1 where there are none.
inline int get_digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    const auto digit = static_cast<unsigned>(text[i]) - '0';
    if (digit > 9) return -1;
    value = value * 10 + static_cast<int>(digit);
  }
  return value;
}

/// A form of eight characters, such as "00:00:00", where a '0' stands for any digit and anything
/// else for itself: texts are compared with it in one step.
class DigitForm {
 public:
  consteval explicit DigitForm(const char (&form)[9]) {
    for (int i = 0; i < 8; ++i) {
      const auto shift =
          static_cast<unsigned>(8 * (std::endian::native == std::endian::little ? i : 7 - i));
      form_ |= uint64_t{static_cast<unsigned char>(form[i])} << shift;
      // What reaches the high bit when it is added to more than nine, or to more than nothing.
      slack_ |= uint64_t{form[i] == '0' ? 0x76U : 0x7fU} << shift;
    }
  }
  /// Whether the eight bytes at `at` have the form; `digits` are then their values.
  bool matches(const char* at, unsigned char (&digits)[8]) const {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word ^= form_;
    std::memcpy(digits, &word, sizeof word);
    return (((word + slack_) | word) & 0x8080808080808080) == 0;
  }

 private:
  uint64_t form_ = 0;
  uint64_t slack_ = 0;
};

inline bool is_day(int year, int month, int day) {
  if (month < 1 || month > 12 || day < 1) return false;
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= lengths[month - 1] + (month == 2 && leap);
}

}  // namespace detail

/// The years that texts of four digits can say, 0000 to 9999. A time that is read is one of these,
/// so that it can be read again once it has been written.
constexpr bool is_in_four_digit_years(int64_t microseconds) {
  return microseconds >= days_from_civil(0, 1, 1) * microseconds_per_day &&
         microseconds < days_from_civil(10'000, 1, 1) * microseconds_per_day;
}

/// The longest text that format_timestamp and format_date write.
inline constexpr size_t timestamp_text_max = 48;

/// Writes "2024-01-31"; returns the end. Years beyond 9999 take more digits and a sign.
inline char* format_date(int64_t days, char* to) {
  const auto civil = civil_from_days(days);
  auto year = civil.year;
  if (year < 0) {
    *to++ = '-';
    year = -year;
  } else if (year > 9999) {
    *to++ = '+';
  }
  int digits = 4;
  for (int64_t limit = 10'000; year >= limit && digits < 10; limit *= 10) ++digits;
  to = detail::put_digits(to, year, digits);
  *to++ = '-';
  to = detail::put_digits(to, civil.month, 2);
  *to++ = '-';
  return detail::put_digits(to, civil.day, 2);
}

/// Writes "2024-01-31T12:30:00Z", with 3 or 6 digits of fraction where it is not zero; returns
/// the end.
inline char* format_timestamp(int64_t microseconds, char* to) {
  const int64_t days = floor_div(microseconds, microseconds_per_day);
  int64_t rest = floor_rest(microseconds, microseconds_per_day);
  const int64_t fraction = rest % microseconds_per_second;
  rest /= microseconds_per_second;
  to = format_date(days, to);
  *to++ = 'T';
  to = detail::put_digits(to, rest / 3600, 2);
  *to++ = ':';
  to = detail::put_digits(to, rest / 60 % 60, 2);
  *to++ = ':';
  to = detail::put_digits(to, rest % 60, 2);
  if (fraction != 0) {
    *to++ = '.';
    to = fraction % 1000 == 0 ? detail::put_digits(to, fraction / 1000, 3)
                              : detail::put_digits(to, fraction, 6);
  }
  *to++ = 'Z';
  return to;
}

inline std::string timestamp_text(int64_t microseconds) {
  char text[timestamp_text_max];
  return {text, format_timestamp(microseconds, text)};
}

/// Days since 1970 of "2024-01-31".
inline std::optional<int64_t> parse_date(std::string_view text) {
  constexpr detail::DigitForm year_and_month("0000-00-");
  unsigned char digits[8];
  if (text.size() != 10 || !year_and_month.matches(text.data(), digits)) return std::nullopt;
  const int year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
  const int month = digits[5] * 10 + digits[6];
  const int day = detail::get_digits(text, 8, 2);
  if (!detail::is_day(year, month, day)) return std::nullopt;
  return days_from_civil(year, month, day);
}

/// What a text says of a time: microseconds since 1970, in UTC or of local clocks.
struct TimestampText {
  int64_t microseconds;
  bool has_zone;  ///< otherwise they are what clocks somewhere show
};

/// Reads ISO-8601: "2024-01-31T12:30:00[.fraction][Z|+hh:mm|-hhmm|+hh]", with a blank in place of T
/// allowed, or a bare date. Digits of the fraction beyond the sixth are dropped.
inline std::optional<TimestampText> read_timestamp(std::string_view text) {
  const auto days = parse_date(text.substr(0, 10));
  if (!days) return std::nullopt;
  const int64_t midnight = *days * microseconds_per_day;
  if (text.size() == 10) return TimestampText{midnight, false};
  constexpr detail::DigitForm time_of_day("00:00:00");
  unsigned char digits[8];
  if (text.size() < 19 || (text[10] != 'T' && text[10] != ' ') ||
      !time_of_day.matches(text.data() + 11, digits))
    return std::nullopt;
  const int hour = digits[0] * 10 + digits[1];
  const int minute = digits[3] * 10 + digits[4];
  const int second = digits[6] * 10 + digits[7];
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  int64_t time = midnight + (hour * 3600LL + minute * 60LL + second) * microseconds_per_second;
  size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    constexpr int64_t units[] = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
    int64_t fraction = 0;
    const size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      if (at - first < 6) fraction = fraction * 10 + (text[at] - '0');
    if (at == first) return std::nullopt;
    time += fraction * units[std::min<size_t>(at - first, 6)];
  }
  if (at == text.size()) return TimestampText{time, false};
  if (text[at] == 'Z')
    return at + 1 == text.size() ? std::optional(TimestampText{time, true}) : std::nullopt;
  if (text[at] != '+' && text[at] != '-') return std::nullopt;
  const int64_t sign = text[at] == '+' ? 1 : -1;
  const auto zone = text.substr(at + 1);
  const int zone_hour = detail::get_digits(zone, 0, 2);
  int zone_minute = 0;
  if (zone.size() == 5 && zone[2] == ':')
    zone_minute = detail::get_digits(zone, 3, 2);
  else if (zone.size() == 4)
    zone_minute = detail::get_digits(zone, 2, 2);
  else if (zone.size() != 2)
    return std::nullopt;
  if (zone_hour < 0 || zone_hour > 18 || zone_minute < 0 || zone_minute > 59) return std::nullopt;
  return TimestampText{
      time - sign * (zone_hour * 3600LL + zone_minute * 60LL) * microseconds_per_second, true};
}

/// Microseconds since 1970 of such a text; without a zone it is UTC. Nothing where the zone makes
/// it a time before the year 0 or beyond 9999.
inline std::optional<int64_t> parse_timestamp(std::string_view text) {
  const auto read = read_timestamp(text);
  if (!read || !is_in_four_digit_years(read->microseconds)) return std::nullopt;
  return read->microseconds;
}

/// The same where a text without a zone is local to `zone`, which gives the `instant_of` it.
template <class Zone>
std::optional<int64_t> parse_timestamp(std::string_view text, const Zone& zone) {
  const auto read = read_timestamp(text);
  if (!read) return std::nullopt;
  const int64_t time = read->has_zone ? read->microseconds : zone.instant_of(read->microseconds);
  return is_in_four_digit_years(time) ? std::optional(time) : std::nullopt;
}

}  // namespace millrace

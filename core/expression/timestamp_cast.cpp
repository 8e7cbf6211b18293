#include "core/expression/timestamp_cast.hpp"

#include <cstring>

#include "millrace/civil.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/expression/number_text.hpp"

namespace millrace {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes a run of `least` to `most` digits off the front; -1 where there is none.
int64_t take_digits(std::string_view& text, size_t least, size_t most) {
  size_t count = 0;
  int64_t value = 0;
  for (; count < text.size() && is_digit(text[count]); ++count)
    if (count < most) value = value * 10 + (text[count] - '0');
  if (count < least || count > most) return -1;
  text.remove_prefix(count);
  return value;
}

bool accept(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Takes [+-]yyyy[-[m]m[-[d]d]] off the front; days since 1970.
std::optional<int64_t> take_date(std::string_view& text) {
  const bool negative = accept(text, '-');
  if (!negative) accept(text, '+');
  const int64_t digits = take_digits(text, 4, 6);
  if (digits < 0) return std::nullopt;
  const auto year = static_cast<int>(negative ? -digits : digits);
  int64_t month = 1;
  int64_t day = 1;
  if (accept(text, '-')) {
    month = take_digits(text, 1, 2);
    if (month >= 0 && accept(text, '-')) day = take_digits(text, 1, 2);
  }
  if (month < 0 || day < 0 || !detail::is_day(year, static_cast<int>(month), static_cast<int>(day)))
    return std::nullopt;
  return days_from_civil(year, static_cast<int>(month), static_cast<int>(day));
}

/// Takes [h]h[:[m]m[:[s]s[.fraction]]] off the front; microseconds since midnight.
std::optional<int64_t> take_time(std::string_view& text) {
  const int64_t hour = take_digits(text, 1, 2);
  int64_t minute = 0;
  int64_t second = 0;
  int64_t fraction = 0;
  if (accept(text, ':')) {
    minute = take_digits(text, 1, 2);
    if (minute >= 0 && accept(text, ':')) {
      second = take_digits(text, 1, 2);
      if (second >= 0 && accept(text, '.'))
        for (int64_t unit = 100'000; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
          fraction += (text[0] - '0') * unit;
          unit /= 10;
        }
    }
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return std::nullopt;
  return (hour * 3600 + minute * 60 + second) * microseconds_per_second + fraction;
}

/// A column mostly names one zone: it is looked up once.
std::optional<int64_t> from_named_zone(int64_t local, std::string_view name) {
  thread_local std::string last_name;
  thread_local std::shared_ptr<const TimeZone> last_zone;
  if (name != last_name) {
    last_zone = TimeZone::find(name);
    last_name = name;
  }
  if (last_zone == nullptr) return std::nullopt;
  return last_zone->from_local(local);
}

}  // namespace

std::optional<int64_t> cast_to_timestamp(std::string_view text, const TimeZone& zone) {
  text = trimmed(text);
  const auto days = take_date(text);
  if (!days) return std::nullopt;
  int64_t local = 0;
  if (__builtin_mul_overflow(*days, microseconds_per_day, &local)) return std::nullopt;
  if (text.empty()) return zone.from_local(local);
  if (!accept(text, 'T') && !accept(text, ' ')) return std::nullopt;
  if (text.empty()) return zone.from_local(local);
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  local += *time;
  text = trimmed(text);
  if (text.empty()) return zone.from_local(local);
  if (text == "Z") return local;
  if (const auto offset = TimeZone::parse_offset(text)) return local - *offset;
  return from_named_zone(local, text);
}

std::optional<int32_t> cast_to_date(std::string_view text) {
  text = trimmed(text);
  const auto days = take_date(text);
  if (!days || (!text.empty() && text[0] != ' ' && text[0] != 'T')) return std::nullopt;
  return static_cast<int32_t>(*days);
}

char* write_timestamp(int64_t microseconds, const TimeZone& zone, char* to) {
  const int64_t local = zone.to_local(microseconds);
  const int64_t days = floor_div(local, microseconds_per_day);
  int64_t rest = floor_rest(local, microseconds_per_day);
  int64_t fraction = rest % microseconds_per_second;
  rest /= microseconds_per_second;
  to = format_date(days, to);
  *to++ = ' ';
  to = detail::put_digits(to, rest / 3600, 2);
  *to++ = ':';
  to = detail::put_digits(to, rest / 60 % 60, 2);
  *to++ = ':';
  to = detail::put_digits(to, rest % 60, 2);
  if (fraction == 0) return to;
  int digits = 6;
  for (; fraction % 10 == 0; fraction /= 10) --digits;
  *to++ = '.';
  return detail::put_digits(to, fraction, digits);
}

}  // namespace millrace

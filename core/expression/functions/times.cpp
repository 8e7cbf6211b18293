#include "millrace/civil.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/expression/calendar_unit.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/date_pattern.hpp"
#include "core/expression/function.hpp"
#include "core/expression/functions/time_arithmetic.hpp"
#include "core/expression/functions/time_parts.hpp"
#include "core/expression/functions/time_units.hpp"
#include "core/expression/timestamp_cast.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

Function function(std::vector<std::string> names, std::string usage, std::string help,
                  std::vector<Example> examples, std::vector<Overload> overloads) {
  return {.names = std::move(names),
          .family = Family::time,
          .usage = std::move(usage),
          .help = std::move(help),
          .examples = std::move(examples),
          .overloads = std::move(overloads)};
}

/// A number of units since 1970 as an instant.
Timestamp instant_of(int64_t count, int64_t unit, const char* name) {
  int64_t instant = 0;
  if (__builtin_mul_overflow(count, unit, &instant))
    throw RowError{std::string(name) + "(" + value_text(count) + ") is beyond the calendar"};
  return {instant};
}

/// What nothing was parsed from: an error under ANSI rules, otherwise null.
template <class Value>
std::optional<Value> parsed(const Session& session, std::optional<Value> value,
                            std::string_view text, const char* what) {
  if (!value && session.ansi)
    throw RowError{value_text(text) + " is not a " + what + " in this form" +
                   (what == std::string_view("timestamp") ? "; try_to_timestamp gives null instead"
                                                          : "; try_cast gives null instead")};
  return value;
}

std::optional<Timestamp> cast_text(const Session& session, std::string_view text) {
  const auto instant = cast_to_timestamp(text, *session.zone);
  if (!instant) return std::nullopt;
  return Timestamp{*instant};
}

std::optional<Date> local_date(const Session& session, std::optional<Timestamp> time) {
  if (!time) return std::nullopt;
  return Date{static_cast<int32_t>(
      floor_div(session.zone->to_local(time->microseconds), microseconds_per_day))};
}

int64_t seconds_of(Timestamp time) { return floor_div(time.microseconds, microseconds_per_second); }

/// An unknown zone is an error of the row; a constant one is told when the expression is bound.
struct NamedZone {
  using PreparedFromText = void;
  NamedZone(std::string_view name, const Session&) : zone(TimeZone::find(name)) {
    if (zone == nullptr) throw RowError{"there is no time zone " + value_text(name)};
  }
  std::shared_ptr<const TimeZone> zone;  // Shared with nothing; find gives it so.
};

Date day_of(const Session& session, int32_t year, int32_t month, int32_t day) {
  constexpr int32_t year_max = 5'000'000;
  if (year > year_max || year < -year_max || !detail::is_day(year, month, day)) {
    if (session.ansi)
      throw RowError{"there is no day " + std::to_string(year) + "-" + std::to_string(month) + "-" +
                     std::to_string(day)};
    return {INT32_MIN};
  }
  return {static_cast<int32_t>(days_from_civil(year, month, day))};
}

void add_conversions_from_numbers(FunctionList& list) {
  list.push_back(function({"timestamp_seconds"}, "timestamp_seconds(x)",
                          "The instant that many seconds after 1970.",
                          {{"timestamp_seconds(1704067200)", "2024-01-01 00:00:00"}},
                          {row([](int64_t x) -> Timestamp {
                             return instant_of(x, microseconds_per_second, "timestamp_seconds");
                           }),
                           row([](double x) -> std::optional<Timestamp> {
                             if (!(x > -9e12 && x < 9e12)) return std::nullopt;
                             return Timestamp{static_cast<int64_t>(x * 1e6)};
                           })}));
  list.push_back(function(
      {"timestamp_millis"}, "timestamp_millis(x)", "The instant that many milliseconds after 1970.",
      {{"timestamp_millis(1704067200123)", "2024-01-01 00:00:00.123"}},
      {row([](int64_t x) -> Timestamp { return instant_of(x, 1000, "timestamp_millis"); })}));
  list.push_back(function({"timestamp_micros"}, "timestamp_micros(x)",
                          "The instant that many microseconds after 1970.",
                          {{"timestamp_micros(1704067200123456)", "2024-01-01 00:00:00.123456"}},
                          {row([](int64_t x) noexcept -> Timestamp { return {x}; })}));
  list.push_back(
      function({"unix_seconds"}, "unix_seconds(time)", "Whole seconds since 1970.",
               {{"unix_seconds(timestamp '2024-01-01')", "1704067200"}},
               {row([](Timestamp time) noexcept -> int64_t { return seconds_of(time); })}));
  list.push_back(function({"unix_millis"}, "unix_millis(time)", "Whole milliseconds since 1970.",
                          {{"unix_millis(timestamp '2024-01-01')", "1704067200000"}},
                          {row([](Timestamp time) noexcept -> int64_t {
                            return floor_div(time.microseconds, 1000);
                          })}));
  list.push_back(
      function({"unix_micros"}, "unix_micros(time)", "Microseconds since 1970.",
               {{"unix_micros(timestamp '2024-01-01')", "1704067200000000"}},
               {row([](Timestamp time) noexcept -> int64_t { return time.microseconds; })}));
  list.push_back(function({"unix_date"}, "unix_date(date)", "Days since 1970.",
                          {{"unix_date(date '1970-01-02')", "1"}},
                          {row([](Date date) noexcept -> int32_t { return date.days; })}));
  list.push_back(function({"date_from_unix_date"}, "date_from_unix_date(x)",
                          "The day that many days after 1970-01-01.",
                          {{"date_from_unix_date(1)", "1970-01-02"}},
                          {row([](int32_t x) noexcept -> Date { return {x}; })}));
  list.push_back(function(
      {"make_date"}, "make_date(year, month, day)", "The day of a year, month and day.",
      {{"make_date(2024, 2, 29)", "2024-02-29"}},
      {row([](const Session& s, int32_t year, int32_t month, int32_t day) -> std::optional<Date> {
        const Date date = day_of(s, year, month, day);
        if (date.days == INT32_MIN) return std::nullopt;
        return date;
      })}));
}

std::optional<int64_t> unix_of_text(const Session& session, std::string_view text,
                                    const DatePattern* pattern) {
  const auto time = pattern == nullptr ? cast_text(session, text) : pattern->parse(text, session);
  const auto checked = parsed(session, time, text, "timestamp");
  if (!checked) return std::nullopt;
  return seconds_of(*checked);
}

// A table. NOLINTNEXTLINE(readability-function-size)
void add_texts_of_times(FunctionList& list) {
  list.push_back(function(
      {"date_format"}, "date_format(time, pattern)",
      "A timestamp written by a pattern of letters such as yyyy-MM-dd HH:mm:ss.SSS.",
      {{"date_format(timestamp '2024-02-29 13:05:09', 'dd/MM/yy h:mm a')", "'29/02/24 1:05 PM'"}},
      {row([](const Session& s, Text& out, Timestamp time, const DatePattern& pattern) {
        pattern.append(time, s, out);
      })}));
  list.push_back(function(
      {"from_unixtime"}, "from_unixtime(seconds, pattern)",
      "Seconds since 1970 written by a pattern, without one as 'yyyy-MM-dd HH:mm:ss'.",
      {{"from_unixtime(0, 'yyyy-MM-dd HH:mm')", "'1970-01-01 00:00'"}},
      {row([](const Session& s, Text& out, int64_t seconds) {
         char text[timestamp_text_max];
         const auto time = instant_of(seconds, microseconds_per_second, "from_unixtime");
         out.append(
             {text, static_cast<size_t>(write_timestamp(time.microseconds, *s.zone, text) - text)});
       }),
       row([](const Session& s, Text& out, int64_t seconds, const DatePattern& pattern) {
         pattern.append(instant_of(seconds, microseconds_per_second, "from_unixtime"), s, out);
       })}));
  list.push_back(
      function({"unix_timestamp", "to_unix_timestamp"}, "unix_timestamp(time, pattern)",
               "Whole seconds since 1970 of a timestamp, or of a text in a pattern.",
               {{"unix_timestamp('2024-01-01 00:00:00')", "1704067200"},
                {"unix_timestamp('01.02.2024', 'dd.MM.yyyy')", "1706745600"}},
               {row([](Timestamp time) noexcept -> int64_t { return seconds_of(time); }),
                row([](const Session& s, std::string_view text) -> std::optional<int64_t> {
                  return unix_of_text(s, text, nullptr);
                }),
                row([](const Session& s, std::string_view text, const DatePattern& pattern)
                        -> std::optional<int64_t> { return unix_of_text(s, text, &pattern); })}));
  list.push_back(
      function({"to_timestamp", "to_timestamp_ltz"}, "to_timestamp(text, pattern)",
               "The timestamp that a text says, in a pattern if there is one.",
               {{"to_timestamp('2024-01-01 10:11:12')", "2024-01-01 10:11:12"},
                {"to_timestamp('20240101 1011', 'yyyyMMdd HHmm')", "2024-01-01 10:11:00"}},
               {row([](const Session& s, std::string_view text) -> std::optional<Timestamp> {
                  return parsed(s, cast_text(s, text), text, "timestamp");
                }),
                row([](Timestamp time) noexcept -> Timestamp { return time; }),
                row([](const Session& s, std::string_view text,
                       const DatePattern& pattern) -> std::optional<Timestamp> {
                  return parsed(s, pattern.parse(text, s), text, "timestamp");
                })}));
  list.push_back(
      function({"try_to_timestamp"}, "try_to_timestamp(text, pattern)", "The same, or null.",
               {{"try_to_timestamp('nope')", "null"}},
               {row([](const Session& s, std::string_view text) -> std::optional<Timestamp> {
                  return cast_text(s, text);
                }),
                row([](const Session& s, std::string_view text, const DatePattern& pattern)
                        -> std::optional<Timestamp> { return pattern.parse(text, s); })}));
  list.push_back(
      function({"to_date"}, "to_date(x, pattern)", "The day of a timestamp, or that a text says.",
               {{"to_date('2024-02-29 12:00:00')", "2024-02-29"},
                {"to_date('29.02.2024', 'dd.MM.yyyy')", "2024-02-29"}},
               {row([](const Session& s, std::string_view text) -> std::optional<Date> {
                  const auto days = cast_to_date(text);
                  return parsed(s, days ? std::optional(Date{*days}) : std::nullopt, text, "date");
                }),
                row([](Date date) noexcept -> Date { return date; }),
                row([](const Session& s, Timestamp time) -> std::optional<Date> {
                  return local_date(s, time);
                }),
                row([](const Session& s, std::string_view text,
                       const DatePattern& pattern) -> std::optional<Date> {
                  return local_date(s, parsed(s, pattern.parse(text, s), text, "date"));
                })}));
}

// A table. NOLINTNEXTLINE(readability-function-size)
void add_steps(FunctionList& list) {
  list.push_back(
      function({"date_trunc"}, "date_trunc(unit, time)",
               "The beginning of the year, quarter, month, week, day, hour, minute or second.",
               {{"date_trunc('hour', timestamp '2024-02-29 13:05:09')", "2024-02-29 13:00:00"},
                {"date_trunc('week', timestamp '2024-02-29 13:05:09')", "2024-02-26 00:00:00"}},
               {row([](const Session& s, const CalendarUnit& unit, Timestamp time) -> Timestamp {
                 return unit.truncate(time, s);
               })}));
  list.push_back(function({"trunc"}, "trunc(date, unit)",
                          "The first day of the year, quarter, month or week.",
                          {{"trunc(date '2024-02-29', 'month')", "2024-02-01"}},
                          {row([](Date date, const CalendarUnit& unit) -> Date {
                            return {static_cast<int32_t>(unit.truncate_day(date.days))};
                          })}));
  list.push_back({.names = {"date_add", "dateadd"},
                  .family = Family::time,
                  .usage = "date_add(date, days)",
                  .help = "The date some days later; also date_add(UNIT, count, time).",
                  .examples = {{"date_add(date '2024-02-28', 2)", "2024-03-01"},
                               {"dateadd(HOUR, 1, timestamp '2024-01-01')", "2024-01-01 01:00:00"}},
                  .overloads = {},
                  .bind = bind_date_add});
  list.push_back(function(
      {"date_sub"}, "date_sub(date, days)", "The date some days earlier.",
      {{"date_sub(date '2024-03-01', 2)", "2024-02-28"}},
      {row([](Date date, int32_t days) -> Date { return add_days(date, -int64_t{days}); })}));
  list.push_back({.names = {"datediff", "date_diff"},
                  .family = Family::time,
                  .usage = "datediff(end, start)",
                  .help = "The number of days between two dates; also datediff(UNIT, start, end).",
                  .examples = {{"datediff('2024-03-01', '2024-02-28')", "2"},
                               {"datediff(HOUR, '2024-01-01', '2024-01-02')", "24"}},
                  .overloads = {},
                  .bind = bind_date_diff});
  list.push_back(
      function({"add_months"}, "add_months(date, months)",
               "The date some months later; the last day where the month is too short.",
               {{"add_months(date '2024-01-31', 1)", "2024-02-29"}},
               {row([](Date date, int32_t months) -> Date { return add_months(date, months); })}));
  list.push_back(function({"last_day"}, "last_day(date)", "The last day of the month.",
                          {{"last_day(date '2024-02-10')", "2024-02-29"}},
                          {row([](Date date) -> Date {
                            const Civil civil = civil_from_days(date.days);
                            const Date first = add_days(date, 1 - int64_t{civil.day});
                            return add_days(add_months(first, 1), -1);
                          })}));
  list.push_back(function({"from_utc_timestamp"}, "from_utc_timestamp(time, zone)",
                          "A timestamp that shows, in UTC, what clocks of the zone show.",
                          {{"from_utc_timestamp(timestamp '2024-07-01 12:00:00', 'Europe/Berlin')",
                            "2024-07-01 14:00:00"}},
                          {row([](Timestamp time, const NamedZone& zone) -> Timestamp {
                            return {zone.zone->to_local(time.microseconds)};
                          })}));
  list.push_back(function({"to_utc_timestamp"}, "to_utc_timestamp(time, zone)",
                          "The opposite of from_utc_timestamp.",
                          {{"to_utc_timestamp(timestamp '2024-07-01 14:00:00', 'Europe/Berlin')",
                            "2024-07-01 12:00:00"}},
                          {row([](Timestamp time, const NamedZone& zone) -> Timestamp {
                            return {zone.zone->from_local(time.microseconds)};
                          })}));
}

}  // namespace

void add_times(FunctionList& list) {
  add_time_parts(list);
  add_steps(list);
  add_time_units(list);
  add_texts_of_times(list);
  add_conversions_from_numbers(list);
}

}  // namespace millrace

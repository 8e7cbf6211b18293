#include "core/expression/functions/time_units.hpp"

#include <cmath>

#include "millrace/civil.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/expression/functions/time_arithmetic.hpp"
#include "core/expression/unicode.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

/// A unit of timestampadd: some months, or some microseconds.
struct Unit {
  int64_t months = 0;
  int64_t microseconds = 0;
};

Unit unit_of(const Binding& binding) {
  const auto name = constant_text(*binding.arguments[0]);
  if (!name) binding.fail_at(0, "the unit must be written out, as in MINUTE");
  auto lower = lower_case(*name);
  if (lower.ends_with('s')) lower.pop_back();
  static const std::vector<std::pair<std::string, Unit>> units{
      {"microsecond", {0, 1}},
      {"millisecond", {0, 1000}},
      {"second", {0, 1'000'000}},
      {"minute", {0, 60'000'000}},
      {"hour", {0, 3'600'000'000}},
      {"day", {0, microseconds_per_day}},
      {"week", {0, 7 * microseconds_per_day}},
      {"month", {1, 0}},
      {"quarter", {3, 0}},
      {"year", {12, 0}}};
  for (const auto& [known, unit] : units)
    if (known == lower) return unit;
  binding.fail_at(
      0, "there is no unit " + value_text(std::string_view(*name)),
      "units are year, quarter, month, week, day, hour, minute, second, millisecond and "
      "microsecond");
}

Timestamp added(const Session& session, const Unit& unit, int64_t count, Timestamp time) {
  int64_t amount = 0;
  if (__builtin_mul_overflow(count, unit.months + unit.microseconds, &amount))
    throw RowError{value_text(time) + " plus " + value_text(count) +
                   " units is beyond the calendar"};
  return unit.months != 0 ? add_months(session, time, amount) : add_time(session, time, amount);
}

/// Whole months from one local time to another, toward zero.
int64_t months_from(int64_t start, int64_t end) {
  const auto day_of = [](int64_t time) { return floor_div(time, microseconds_per_day); };
  const Civil a = civil_from_days(day_of(start));
  const Civil b = civil_from_days(day_of(end));
  int64_t months = (b.year - a.year) * 12 + b.month - a.month;
  const int64_t rest_a =
      (a.day - 1) * microseconds_per_day + floor_rest(start, microseconds_per_day);
  const int64_t rest_b = (b.day - 1) * microseconds_per_day + floor_rest(end, microseconds_per_day);
  if (months > 0 && rest_b < rest_a) --months;
  if (months < 0 && rest_b > rest_a) ++months;
  return months;
}

/// Days and longer are counted on local clocks, shorter units on the time line.
int64_t difference(const Session& session, const Unit& unit, Timestamp start, Timestamp end) {
  int64_t a = start.microseconds;
  int64_t b = end.microseconds;
  if (unit.months != 0 || unit.microseconds >= microseconds_per_day) {
    a = session.zone->to_local(a);
    b = session.zone->to_local(b);
  }
  if (unit.months != 0) return months_from(a, b) / unit.months;
  int64_t apart = 0;
  if (__builtin_sub_overflow(b, a, &apart))
    throw RowError{"the time between " + value_text(start) + " and " + value_text(end) +
                   " is too long"};
  return apart / unit.microseconds;
}

NodePtr bind_add(Binding& binding) {
  if (binding.arguments.size() != 3)
    binding.fail("`" + binding.name() + "` takes a unit, a number and a time");
  const Unit unit = unit_of(binding);
  return make_row([unit](const Session& session, int64_t count,
                         Timestamp time) -> Timestamp { return added(session, unit, count, time); },
                  binding,
                  {binding.converted(1, TypeId::int64), binding.converted(2, TypeId::timestamp)});
}

NodePtr bind_diff(Binding& binding) {
  if (binding.arguments.size() != 3)
    binding.fail("`" + binding.name() + "` takes a unit and two times");
  const Unit unit = unit_of(binding);
  return make_row(
      [unit](const Session& session, Timestamp start, Timestamp end) -> int64_t {
        return difference(session, unit, start, end);
      },
      binding, {binding.converted(1, TypeId::timestamp), binding.converted(2, TypeId::timestamp)});
}

int32_t days_in_month(const Civil& civil) {
  const int64_t next = civil.month == 12 ? days_from_civil(civil.year + 1, 1, 1)
                                         : days_from_civil(civil.year, civil.month + 1, 1);
  return static_cast<int32_t>(next - days_from_civil(civil.year, civil.month, 1));
}

/// Whole where both are the same day of the month, or both the last; otherwise with a fraction of
/// months of 31 days.
double months_between(const Session& session, Timestamp left, Timestamp right, bool rounded) {
  const int64_t a = session.zone->to_local(left.microseconds);
  const int64_t b = session.zone->to_local(right.microseconds);
  const int64_t a_day = floor_div(a, microseconds_per_day);
  const int64_t b_day = floor_div(b, microseconds_per_day);
  const Civil first = civil_from_days(a_day);
  const Civil second = civil_from_days(b_day);
  const auto months =
      static_cast<double>((first.year - second.year) * 12 + first.month - second.month);
  if (first.day == second.day ||
      (first.day == days_in_month(first) && second.day == days_in_month(second)))
    return months;
  const auto seconds = [](int64_t time) {
    return floor_rest(time, microseconds_per_day) / microseconds_per_second;
  };
  constexpr double seconds_per_month = 31 * 86'400;
  const int64_t apart = (first.day - second.day) * int64_t{86'400} + seconds(a) - seconds(b);
  const double result = months + static_cast<double>(apart) / seconds_per_month;
  return rounded ? std::round(result * 1e8) / 1e8 : result;
}

/// The weekday that a text names, 0 for Monday; -1 for none.
int weekday_of(std::string_view name) {
  static const std::vector<std::pair<std::string, int>> names{
      {"mo", 0}, {"tu", 1}, {"we", 2}, {"th", 3}, {"fr", 4}, {"sa", 5}, {"su", 6}};
  static const std::vector<std::string> whole{"monday", "tuesday",  "wednesday", "thursday",
                                              "friday", "saturday", "sunday"};
  const auto lower = lower_case(name);
  for (const auto& [prefix, day] : names) {
    const auto& full = whole[static_cast<size_t>(day)];
    if (lower == prefix || lower == full || (lower.size() == 3 && full.starts_with(lower)))
      return day;
  }
  return -1;
}

std::optional<Date> next_day(const Session& session, Date date, std::string_view name) {
  const int wanted = weekday_of(name);
  if (wanted < 0) {
    if (session.ansi) throw RowError{"there is no weekday " + value_text(name)};
    return std::nullopt;
  }
  const int64_t today = ((date.days + int64_t{3}) % 7 + 7) % 7;
  return add_days(date, (wanted - today + 6) % 7 + 1);
}

std::optional<Timestamp> timestamp_of(bool strict, const TimeZone& zone, Civil day, int32_t hour,
                                      int32_t minute, double second) {
  const bool valid = day.year >= 1 && day.year <= 9999 &&
                     detail::is_day(static_cast<int>(day.year), day.month, day.day) && hour >= 0 &&
                     hour < 24 && minute >= 0 && minute < 60 && second >= 0 &&
                     (second < 60 || second == 60);
  if (!valid) {
    if (strict)
      throw RowError{"there is no time " + value_text(day.year) + "-" + std::to_string(day.month) +
                     "-" + std::to_string(day.day) + " " + std::to_string(hour) + ":" +
                     std::to_string(minute) + ":" + value_text(second)};
    return std::nullopt;
  }
  const int64_t days = days_from_civil(day.year, day.month, day.day);
  return Timestamp{zone.from_local(days * microseconds_per_day +
                                   (hour * 3600LL + minute * 60LL) * microseconds_per_second +
                                   std::llround(second * 1e6))};
}

/// An unknown zone is an error of the row.
struct ZoneName {
  using PreparedFromText = void;
  ZoneName(std::string_view name, const Session&) : zone(TimeZone::find(name)) {
    if (zone == nullptr) throw RowError{"there is no time zone " + value_text(name)};
  }
  std::shared_ptr<const TimeZone> zone;  // Shared with nothing; find gives it so.
};

Duration interval_of(int64_t days, int64_t hours, int64_t minutes, double seconds) {
  int64_t total = 0;
  const bool failed = !(std::abs(seconds) < 1e12) ||
                      __builtin_mul_overflow(days, microseconds_per_day, &total) ||
                      __builtin_add_overflow(
                          total, (hours * 60 + minutes) * 60 * microseconds_per_second, &total) ||
                      __builtin_add_overflow(total, int64_t{std::llround(seconds * 1e6)}, &total);
  if (failed) throw RowError{"the interval is too long"};
  return {total};
}

Function make_timestamp(std::vector<std::string> names, bool tried) {
  const auto strict = [tried](const Session& session) { return !tried && session.ansi; };
  const auto usage = names[0] + "(year, month, day, hour, minute, second, zone)";
  const Example example{names[0] + "(2024, 2, 29, 13, 5, 9.5)", "2024-02-29 13:05:09.5"};
  return {
      .names = std::move(names),
      .family = Family::time,
      .usage = usage,
      .help = tried ? "The same, null where there is no such day or time."
                    : "The instant of a day and a time, in the session's zone if none is named.",
      .examples = {example},
      .overloads = {
          row([strict](const Session& s, int32_t year, int32_t month, int32_t day, int32_t hour,
                       int32_t minute, double second) -> std::optional<Timestamp> {
            return timestamp_of(strict(s), *s.zone, {year, month, day}, hour, minute, second);
          }),
          row([strict](const Session& s, int32_t year, int32_t month, int32_t day, int32_t hour,
                       int32_t minute, double second,
                       const ZoneName& zone) -> std::optional<Timestamp> {
            return timestamp_of(strict(s), *zone.zone, {year, month, day}, hour, minute, second);
          })}};
}

void add_making(FunctionList& list) {
  list.push_back(make_timestamp({"make_timestamp", "make_timestamp_ltz"}, false));
  list.push_back(make_timestamp({"try_make_timestamp", "try_make_timestamp_ltz"}, true));
  list.push_back({.names = {"make_dt_interval"},
                  .family = Family::time,
                  .usage = "make_dt_interval(days, hours, minutes, seconds)",
                  .help = "An interval.",
                  .examples = {{"make_dt_interval(1, 2, 3, 4.5)",
                                "1 day 2 hours 3 minutes 4 seconds 500 milliseconds"}},
                  .overloads = {row(
                      [](int32_t days, int32_t hours, int32_t minutes, double seconds) -> Duration {
                        return interval_of(days, hours, minutes, seconds);
                      })}});
}

}  // namespace

NodePtr bind_date_add(Binding& binding) {
  if (binding.arguments.size() == 3) return bind_add(binding);
  if (binding.arguments.size() != 2)
    binding.fail("`" + binding.name() + "` takes a date and days, or a unit, a number and a time");
  return make_row([](Date date, int32_t days) -> Date { return add_days(date, days); }, binding,
                  {binding.converted(0, TypeId::date), binding.converted(1, TypeId::int32)});
}

NodePtr bind_date_diff(Binding& binding) {
  if (binding.arguments.size() == 3) return bind_diff(binding);
  if (binding.arguments.size() != 2)
    binding.fail("`" + binding.name() + "` takes two dates, or a unit and two times");
  return make_row(
      [](Date end, Date start) noexcept -> int32_t {
        return static_cast<int32_t>(int64_t{end.days} - start.days);
      },
      binding, {binding.converted(0, TypeId::date), binding.converted(1, TypeId::date)});
}

void add_time_units(FunctionList& list) {
  list.push_back({.names = {"timestampadd"},
                  .family = Family::time,
                  .usage = "timestampadd(UNIT, count, time)",
                  .help = "The instant some units later: MICROSECOND to YEAR.",
                  .examples = {{"timestampadd(MINUTE, 90, timestamp '2024-01-01 00:00:00')",
                                "2024-01-01 01:30:00"}},
                  .overloads = {},
                  .bind = bind_add});
  list.push_back(
      {.names = {"timestampdiff"},
       .family = Family::time,
       .usage = "timestampdiff(UNIT, start, end)",
       .help = "How many whole units lie between two instants.",
       .examples = {{"timestampdiff(MONTH, timestamp '2024-01-31', timestamp '2024-03-01')", "1"}},
       .overloads = {},
       .bind = bind_diff});
  list.push_back(
      {.names = {"months_between"},
       .family = Family::time,
       .usage = "months_between(end, start, rounded)",
       .help = "Months between two times, with a fraction of 8 digits unless `rounded` is false.",
       .examples = {{"months_between('1997-02-28 10:30:00', '1996-10-30')", "3.94959677"}},
       .overloads = {row([](const Session& s, Timestamp a, Timestamp b) -> double {
                       return months_between(s, a, b, true);
                     }),
                     row([](const Session& s, Timestamp a, Timestamp b, bool rounded) -> double {
                       return months_between(s, a, b, rounded);
                     })}});
  list.push_back({.names = {"next_day"},
                  .family = Family::time,
                  .usage = "next_day(date, weekday)",
                  .help = "The first day after a date that is the weekday: 'MON', 'Tuesday', 'we'.",
                  .examples = {{"next_day(date '2024-02-29', 'Mon')", "2024-03-04"}},
                  .overloads = {row([](const Session& s, Date date,
                                       std::string_view name) -> std::optional<Date> {
                    return next_day(s, date, name);
                  })}});
  add_making(list);
}

}  // namespace millrace

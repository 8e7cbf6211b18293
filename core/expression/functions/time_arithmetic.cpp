#include "core/expression/functions/time_arithmetic.hpp"

#include <algorithm>

#include "millrace/civil.hpp"

#include "core/expression/arithmetic_node.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

template <class From>
[[noreturn]] void beyond_calendar(From from, const std::string& added) {
  throw RowError{value_text(from) + " plus " + added + " is beyond the calendar"};
}

bool is_literal_of_months(const Node& node) {
  const auto* constant = as_constant(node);
  return constant != nullptr && constant->interval() && constant->interval()->months != 0;
}

/// timestamp or date +- a literal with months.
NodePtr add_literal(const Binding& binding, const NodePtr& to, const Interval& interval, int sign) {
  const int64_t months = sign * interval.months;
  const int64_t rest = sign * interval.microseconds;
  if (to->type().id == TypeId::date) {
    if (rest % microseconds_per_day != 0)
      binding.fail("hours and less cannot be added to a date", "cast the date to timestamp");
    return make_row(
        [months, rest](Date from) -> Date {
          return add_days(add_months(from, months), rest / microseconds_per_day);
        },
        binding, {to});
  }
  return make_row(
      [months, rest](const Session& session, Timestamp from) -> Timestamp {
        return add_time(session, add_months(session, from, months), rest);
      },
      binding, {to});
}

/// timestamp +- interval, date +- interval.
NodePtr add_interval(Binding& binding, size_t time, size_t interval, int sign) {
  if (is_literal_of_months(*binding.arguments[interval]))
    return add_literal(binding, binding.arguments[time],
                       *as_constant(*binding.arguments[interval])->interval(), sign);
  const auto* constant = as_constant(*binding.arguments[interval]);
  const bool whole_days = constant != nullptr && !constant->is_null() &&
                          constant->value().int64(0) % microseconds_per_day == 0;
  if (binding.arguments[time]->type().id == TypeId::date && whole_days)
    return make_row(
        [sign](Date from, Duration by) -> Date {
          return add_days(from, sign * (by.microseconds / microseconds_per_day));
        },
        binding, {binding.arguments[time], binding.arguments[interval]});
  return make_row(
      [sign](const Session& session, Timestamp from, Duration by) -> Timestamp {
        return add_time(session, from, sign * by.microseconds);
      },
      binding, {binding.converted(time, TypeId::timestamp), binding.arguments[interval]});
}

NodePtr add_interval_to_interval(Binding& binding, bool add) {
  if (is_literal_of_months(*binding.arguments[0]) || is_literal_of_months(*binding.arguments[1]))
    binding.fail("an interval of months has no fixed length",
                 "add the intervals to a timestamp one after the other");
  const auto& left = binding.arguments[0];
  const auto& right = binding.arguments[1];
  return add ? make_arithmetic<Add>(left, right, OnFailure::raise)
             : make_arithmetic<Subtract>(left, right, OnFailure::raise);
}

/// time - time.
NodePtr difference(Binding& binding) {
  const bool dates = binding.arguments[0]->type().id == TypeId::date &&
                     binding.arguments[1]->type().id == TypeId::date;
  if (dates)
    return make_row(
        [](Date a, Date b) noexcept -> Duration {
          return {(int64_t{a.days} - b.days) * microseconds_per_day};
        },
        binding, binding.arguments);
  return make_row(
      [](Timestamp a, Timestamp b) -> Duration {
        int64_t result = 0;
        if (__builtin_sub_overflow(a.microseconds, b.microseconds, &result))
          throw RowError{"the interval between " + value_text(a) + " and " + value_text(b) +
                         " is too long"};
        return {result};
      },
      binding, {binding.converted(0, TypeId::timestamp), binding.converted(1, TypeId::timestamp)});
}

}  // namespace

NodePtr bind_time_arithmetic(Binding& binding, bool add) {
  const auto kind = [&](size_t i) {
    const TypeId id = binding.arguments[i]->type().id;
    return id == TypeId::timestamp || id == TypeId::date ? 't'
                                                         : (id == TypeId::duration ? 'i' : ' ');
  };
  const auto is = [&](size_t i, TypeId id) { return binding.arguments[i]->type().id == id; };
  // A string next to a time or an interval is one as well.
  if (kind(0) == ' ' && kind(1) != ' ' && is(0, TypeId::string))
    binding.arguments[0] = binding.converted(
        0, kind(1) == 't' && add ? Type(TypeId::duration) : Type(TypeId::timestamp));
  if (kind(1) == ' ' && kind(0) != ' ' && is(1, TypeId::string))
    binding.arguments[1] = binding.converted(
        1, kind(0) == 'i' || add ? Type(TypeId::duration) : Type(TypeId::timestamp));
  const char left = kind(0);
  const char right = kind(1);
  if (left == ' ' && right == ' ') return nullptr;
  if (left == 't' && right == 'i') return add_interval(binding, 0, 1, add ? 1 : -1);
  if (left == 'i' && right == 't' && add) return add_interval(binding, 1, 0, 1);
  if (left == 'i' && right == 'i') return add_interval_to_interval(binding, add);
  if (left == 't' && right == 't' && !add) return difference(binding);
  const bool days = is(0, TypeId::date) && (binding.arguments[1]->type().is_integer());
  if (days) {
    const int sign = add ? 1 : -1;
    return make_row(
        [sign](Date from, int64_t count) -> Date { return add_days(from, sign * count); }, binding,
        {binding.arguments[0], binding.converted(1, TypeId::int64)});
  }
  if (is(0, TypeId::null) || is(1, TypeId::null))
    return make_null(left == 't' || right == 't' ? Type(TypeId::timestamp)
                                                 : Type(TypeId::duration));
  binding.fail("`" + binding.name() + "` cannot be used with (" +
                   to_string(binding.arguments[0]->type()) + ", " +
                   to_string(binding.arguments[1]->type()) + ")",
               "an interval is written interval '10 seconds'");
}

Date add_days(Date from, int64_t days) {
  int64_t sum = 0;
  if (__builtin_add_overflow(int64_t{from.days}, days, &sum) || sum != static_cast<int32_t>(sum))
    beyond_calendar(from, std::to_string(days) + " days");
  return {static_cast<int32_t>(sum)};
}

Date add_months(Date from, int64_t months) {
  const Civil civil = civil_from_days(from.days);
  int64_t month = 0;
  constexpr int64_t months_max = 12 * 6'000'000;
  if (__builtin_add_overflow(civil.year * 12 + civil.month - 1, months, &month) ||
      month > months_max || month < -months_max)
    beyond_calendar(from, std::to_string(months) + " months");
  const int64_t year = floor_div(month, 12);
  const int month_of_year = static_cast<int>(month - year * 12) + 1;
  const int64_t first = days_from_civil(year, month_of_year, 1);
  const int64_t next = month_of_year == 12 ? days_from_civil(year + 1, 1, 1)
                                           : days_from_civil(year, month_of_year + 1, 1);
  return add_days({0}, std::min(first + civil.day, next) - 1);
}

Timestamp add_months(const Session& session, Timestamp from, int64_t months) {
  const int64_t local = session.zone->to_local(from.microseconds);
  const int64_t day = floor_div(local, microseconds_per_day);
  const Date date = add_months(Date{static_cast<int32_t>(day)}, months);
  int64_t moved = 0;
  if (__builtin_mul_overflow(int64_t{date.days}, microseconds_per_day, &moved) ||
      __builtin_add_overflow(moved, floor_rest(local, microseconds_per_day), &moved))
    beyond_calendar(from, std::to_string(months) + " months");
  return {session.zone->from_local(moved)};
}

Timestamp add_time(const Session& session, Timestamp from, int64_t microseconds) {
  int64_t result = 0;
  bool failed = false;
  if (session.zone->is_utc()) {
    failed = __builtin_add_overflow(from.microseconds, microseconds, &result);
  } else {
    const int64_t days = microseconds / microseconds_per_day * microseconds_per_day;
    const int64_t local = session.zone->to_local(from.microseconds);
    int64_t moved = 0;
    failed = __builtin_add_overflow(local, days, &moved);
    const int64_t instant = days == 0 ? from.microseconds : session.zone->from_local(moved);
    failed = failed || __builtin_add_overflow(instant, microseconds - days, &result);
  }
  if (failed) beyond_calendar(from, value_text(Duration{microseconds}));
  return {result};
}

}  // namespace millrace

#include "core/expression/functions/time_parts.hpp"

#include "millrace/civil.hpp"

#include "core/expression/unicode.hpp"

namespace millrace {

namespace {

int64_t local_day(const Session& session, Timestamp time) {
  return floor_div(session.zone->to_local(time.microseconds), microseconds_per_day);
}

/// Microseconds since local midnight.
int64_t time_of_day(const Session& session, Timestamp time) {
  const int64_t local = session.zone->to_local(time.microseconds);
  return floor_rest(local, microseconds_per_day);
}

/// A part of a day number.
template <class Part>
Function of_day(std::vector<std::string> names, const char* help, Example example, Part part) {
  const auto usage = names[0] + "(date)";
  return {.names = std::move(names),
          .family = Family::time,
          .usage = usage,
          .help = help,
          .examples = {std::move(example)},
          .overloads = {row([part](Date date) noexcept -> int32_t {
                          return static_cast<int32_t>(part(int64_t{date.days}));
                        }),
                        row([part](const Session& session, Timestamp time) noexcept -> int32_t {
                          return static_cast<int32_t>(part(local_day(session, time)));
                        })}};
}

/// A part of the time of the day.
template <class Part>
Function of_time(std::string name, const char* help, Example example, Part part) {
  return {.names = {name},
          .family = Family::time,
          .usage = name + "(time)",
          .help = help,
          .examples = {std::move(example)},
          .overloads = {row([part](const Session& session, Timestamp time) noexcept -> int32_t {
            return static_cast<int32_t>(part(time_of_day(session, time) / microseconds_per_second));
          })}};
}

int64_t weekday_from_sunday(int64_t day) { return ((day + 4) % 7 + 7) % 7; }
int64_t weekday_from_monday(int64_t day) { return ((day + 3) % 7 + 7) % 7; }

/// The year of a day's ISO week: that of the week's Thursday.
int64_t week_year(int64_t day) { return civil_from_days(day - weekday_from_monday(day) + 3).year; }
int64_t week_of_year(int64_t day) {
  const int64_t thursday = day - weekday_from_monday(day) + 3;
  return (thursday - days_from_civil(civil_from_days(thursday).year, 1, 1)) / 7 + 1;
}

template <size_t Count>
Function name_of_part(std::string name, const char* help, Example example,
                      const char* const (&names)[Count], int64_t (*index)(int64_t)) {
  return {.names = {name},
          .family = Family::time,
          .usage = name + "(date)",
          .help = help,
          .examples = {std::move(example)},
          .overloads = {
              row([&names, index](Text& out, Date date) { out.append(names[index(date.days)]); })}};
}

constexpr const char* const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr const char* const day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/// extract(field FROM time): seconds come with their fraction, everything else is a part above.
NodePtr bind_extract(Binding& binding) {
  if (binding.arguments.size() != 2) binding.fail("`extract` takes a field and a time");
  const auto field = constant_text(*binding.arguments[0]);
  if (!field) binding.fail_at(0, "the field must be a literal");
  static const std::vector<std::pair<std::vector<std::string>, std::string>> fields{
      {{"year", "y", "years", "yr", "yrs"}, "year"},
      {{"yearofweek", "isoyear"}, "yearofweek"},
      {{"quarter", "qtr"}, "quarter"},
      {{"month", "mon", "mons", "months"}, "month"},
      {{"week", "w", "weeks"}, "weekofyear"},
      {{"day", "d", "days"}, "day"},
      {{"dayofweek", "dow"}, "dayofweek"},
      {{"dayofweek_iso", "dow_iso", "isodow"}, "isodow"},
      {{"doy"}, "dayofyear"},
      {{"hour", "h", "hours", "hr", "hrs"}, "hour"},
      {{"minute", "m", "min", "mins", "minutes"}, "minute"}};
  const auto wanted = lower_case(*field);
  if (wanted == "second" || wanted == "s" || wanted == "sec" || wanted == "seconds" ||
      wanted == "secs")
    return make_row(
        [](const Session& session, Timestamp time) noexcept -> double {
          return static_cast<double>(time_of_day(session, time) % (60 * microseconds_per_second)) /
                 1e6;
        },
        binding, {binding.converted(1, TypeId::timestamp)});
  const bool is_date = binding.arguments[1]->type().id == TypeId::date;
  for (const auto& [names, function] : fields) {
    for (const auto& name : names) {
      if (name != wanted) continue;
      const auto& overloads = find_function(function)->overloads;
      const auto& overload = is_date ? overloads.front() : overloads.back();
      const auto time = binding.converted(1, overload.parameters[0]);
      binding.arguments = {time};
      return overload.make(binding);
    }
  }
  binding.fail_at(
      0, "there is no field '" + *field + "'",
      "fields are year, quarter, month, week, day, dayofweek, doy, hour, minute, second");
}

}  // namespace

void add_time_parts(FunctionList& list) {
  list.push_back(of_day({"year"}, "The year.", {"year(date '2024-02-29')", "2024"},
                        [](int64_t day) noexcept { return civil_from_days(day).year; }));
  list.push_back(of_day({"quarter"}, "The quarter, 1 to 4.", {"quarter(date '2024-02-29')", "1"},
                        [](int64_t day) noexcept { return (civil_from_days(day).month + 2) / 3; }));
  list.push_back(of_day({"month"}, "The month, 1 to 12.", {"month(date '2024-02-29')", "2"},
                        [](int64_t day) noexcept { return civil_from_days(day).month; }));
  list.push_back(of_day({"day", "dayofmonth"}, "The day of the month.",
                        {"day(date '2024-02-29')", "29"},
                        [](int64_t day) noexcept { return civil_from_days(day).day; }));
  list.push_back(of_day({"dayofyear"}, "The day of the year.",
                        {"dayofyear(date '2024-02-29')", "60"}, [](int64_t day) noexcept {
                          return day - days_from_civil(civil_from_days(day).year, 1, 1) + 1;
                        }));
  list.push_back(of_day({"dayofweek"}, "The day of the week: 1 is Sunday, 7 Saturday.",
                        {"dayofweek(date '2024-02-29')", "5"},
                        [](int64_t day) noexcept { return weekday_from_sunday(day) + 1; }));
  list.push_back(of_day({"weekday"}, "The day of the week: 0 is Monday, 6 Sunday.",
                        {"weekday(date '2024-02-29')", "3"},
                        [](int64_t day) noexcept { return weekday_from_monday(day); }));
  list.push_back(of_day({"isodow"}, "The day of the week: 1 is Monday, 7 Sunday.",
                        {"isodow(date '2024-02-29')", "4"},
                        [](int64_t day) noexcept { return weekday_from_monday(day) + 1; }));
  list.push_back(of_day({"weekofyear"}, "The ISO week of the year.",
                        {"weekofyear(date '2024-02-29')", "9"},
                        [](int64_t day) noexcept { return week_of_year(day); }));
  list.push_back(of_day({"yearofweek"}, "The year that the ISO week belongs to.",
                        {"yearofweek(date '2024-12-31')", "2025"},
                        [](int64_t day) noexcept { return week_year(day); }));
  list.push_back(of_time("hour", "The hour, 0 to 23.",
                         {"hour(timestamp '2024-02-29 13:05:09')", "13"},
                         [](int64_t seconds) noexcept { return seconds / 3600; }));
  list.push_back(of_time("minute", "The minute.", {"minute(timestamp '2024-02-29 13:05:09')", "5"},
                         [](int64_t seconds) noexcept { return seconds / 60 % 60; }));
  list.push_back(of_time("second", "The second.", {"second(timestamp '2024-02-29 13:05:09')", "9"},
                         [](int64_t seconds) noexcept { return seconds % 60; }));
  list.push_back(name_of_part("monthname", "The month's name, abbreviated.",
                              {"monthname(date '2024-02-29')", "'Feb'"}, month_names,
                              [](int64_t day) { return int64_t{civil_from_days(day).month} - 1; }));
  list.push_back(name_of_part("dayname", "The weekday's name, abbreviated.",
                              {"dayname(date '2024-02-29')", "'Thu'"}, day_names,
                              weekday_from_sunday));
  list.push_back({.names = {"extract", "date_part", "datepart"},
                  .family = Family::time,
                  .usage = "extract(field FROM time)",
                  .help =
                      "A part of a time: year, quarter, month, week, day, dayofweek, doy, hour, "
                      "minute, second (with its fraction).",
                  .examples = {{"extract(month FROM date '2024-02-29')", "2"},
                               {"extract(second FROM timestamp '2024-01-01 00:00:01.5')", "1.5"}},
                  .overloads = {},
                  .bind = bind_extract});
}

}  // namespace millrace

#pragma once
#include <cstdint>

namespace millrace {

/// A day of the proleptic Gregorian calendar.
struct Civil {
  int64_t year;
  int month;  ///< 1 to 12
  int day;    ///< 1 to 31
};

/// Days since 1970-01-01. After Howard Hinnant, "chrono-compatible low-level date algorithms":
/// years begin in March, so that the leap day is the last day of a year.
constexpr int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

constexpr Civil civil_from_days(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2), month, day};
}

/// Integer division that rounds toward minus infinity, for times before 1970.
constexpr int64_t floor_div(int64_t value, int64_t by) {
  const int64_t quotient = value / by;
  return quotient - ((value % by != 0) && ((value < 0) != (by < 0)));
}

/// What that division leaves, 0 to by - 1. Unlike value - floor_div(value, by) * by it cannot
/// overflow at the earliest times.
constexpr int64_t floor_rest(int64_t value, int64_t by) {
  const int64_t rest = value % by;
  return rest < 0 ? rest + by : rest;
}

inline constexpr int64_t microseconds_per_second = 1'000'000;
inline constexpr int64_t microseconds_per_day = 86'400 * microseconds_per_second;

}  // namespace millrace

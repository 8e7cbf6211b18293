#include "core/expression/calendar_unit.hpp"

#include <algorithm>
#include <array>

#include "millrace/civil.hpp"

#include "core/expression/unicode.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

CalendarUnit::CalendarUnit(std::string_view name, const Session&) {
  struct Spelling {
    std::string_view name;
    Kind kind;
    int64_t length;
  };
  static constexpr std::array<Spelling, 15> spellings{{{"year", Kind::year, 0},
                                                       {"yyyy", Kind::year, 0},
                                                       {"yy", Kind::year, 0},
                                                       {"quarter", Kind::quarter, 0},
                                                       {"month", Kind::month, 0},
                                                       {"mon", Kind::month, 0},
                                                       {"mm", Kind::month, 0},
                                                       {"week", Kind::week, 0},
                                                       {"day", Kind::day, 0},
                                                       {"dd", Kind::day, 0},
                                                       {"hour", Kind::time, 3'600'000'000},
                                                       {"minute", Kind::time, 60'000'000},
                                                       {"second", Kind::time, 1'000'000},
                                                       {"millisecond", Kind::time, 1000},
                                                       {"microsecond", Kind::time, 1}}};
  const auto lower = lower_case(name);
  for (const auto& spelling : spellings) {
    if (spelling.name != lower || lower.empty()) continue;
    kind_ = spelling.kind;
    length_ = spelling.length;
    return;
  }
  throw RowError{
      "there is no unit " + value_text(name) +
      "; units are year, quarter, month, week, day, hour, minute, second, millisecond and "
      "microsecond"};
}

int64_t CalendarUnit::truncate_day(int64_t day) const {
  const Civil civil = civil_from_days(day);
  switch (kind_) {
    case Kind::year:
      return days_from_civil(civil.year, 1, 1);
    case Kind::quarter:
      return days_from_civil(civil.year, (civil.month - 1) / 3 * 3 + 1, 1);
    case Kind::month:
      return days_from_civil(civil.year, civil.month, 1);
    case Kind::week:  // 1970-01-01 was a Thursday; weeks begin on Mondays.
      return day - ((day + 3) % 7 + 7) % 7;
    default:
      return day;
  }
}

Timestamp CalendarUnit::truncate(Timestamp time, const Session& session) const {
  const int64_t local = session.zone->to_local(time.microseconds);
  if (kind_ == Kind::time) {
    // What is cut off is the same on local clocks; going back from local time could pick the other
    // of two equal hours.
    const int64_t cut = local - floor_div(local, length_) * length_;
    return {time.microseconds < INT64_MIN + cut ? time.microseconds : time.microseconds - cut};
  }
  const int64_t first = truncate_day(floor_div(local, microseconds_per_day));
  int64_t begin = 0;
  if (__builtin_mul_overflow(first, microseconds_per_day, &begin)) begin = INT64_MIN;
  return {session.zone->from_local(begin)};
}

}  // namespace millrace

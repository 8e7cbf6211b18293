#pragma once
#include <cstdint>
#include <string_view>

#include "core/expression/row_value.hpp"

namespace millrace {

/// The unit that date_trunc and trunc cut to: 'year', 'quarter', 'month', 'week', 'day', 'hour',
/// 'minute', 'second', 'millisecond', 'microsecond', and their abbreviations.
class CalendarUnit {
 public:
  using PreparedFromText = void;
  /// Throws RowError for a unit that there is not.
  CalendarUnit(std::string_view name, const Session& session);

  /// The beginning of the unit that an instant is in, on clocks of the session's zone.
  Timestamp truncate(Timestamp time, const Session& session) const;
  /// The first day of the unit that a day is in.
  int64_t truncate_day(int64_t day) const;

 private:
  enum class Kind { year, quarter, month, week, day, time };

  Kind kind_ = Kind::time;
  int64_t length_ = 1;  ///< of a unit of time, microseconds
};

}  // namespace millrace

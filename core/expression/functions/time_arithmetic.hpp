#pragma once
#include "core/expression/function.hpp"

namespace millrace {

/// Binds `+` (add) or `-` where a date, a timestamp or an interval takes part; nothing where none
/// does.
NodePtr bind_time_arithmetic(Binding& binding, bool add);

/// An instant some months later, on clocks of the session's zone; the last day where the month is
/// too short. Throws RowError outside the calendar.
Timestamp add_months(const Session& session, Timestamp from, int64_t months);
Date add_months(Date from, int64_t months);

/// An instant some time later: whole days move the date on clocks of the session's zone.
Timestamp add_time(const Session& session, Timestamp from, int64_t microseconds);

/// A date some days later. Throws RowError outside the calendar.
Date add_days(Date from, int64_t days);

}  // namespace millrace

#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/expression/time_zone.hpp"

// Dates and timestamps as Spark's CAST reads and writes them: more lenient than ISO 8601.
namespace millrace {

/// yyyy[-[m]m[-[d]d[(T| )[h]h[:[m]m[:[s]s[.fraction]]][zone]]]], in `zone` where it names none.
/// Digits of the fraction beyond the sixth are dropped.
std::optional<int64_t> cast_to_timestamp(std::string_view text, const TimeZone& zone);

/// The same, without the time: what follows the day behind a blank or T is not looked at.
std::optional<int32_t> cast_to_date(std::string_view text);

/// Writes "2024-01-31 12:30:00[.fraction]" as clocks in the zone show it; returns the end. Takes
/// timestamp_text_max bytes at most.
char* write_timestamp(int64_t microseconds, const TimeZone& zone, char* to);

}  // namespace millrace

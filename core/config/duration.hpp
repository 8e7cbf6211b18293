#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// A length of time. Months have no fixed length and are kept apart.
struct CalendarDuration {
  std::int64_t months = 0;
  std::int64_t microseconds = 0;

  /// With 31 days a month, as a watermark's delay counts them.
  std::int64_t total_us() const;
  bool operator==(const CalendarDuration&) const = default;
};

struct ParsedDuration {
  std::optional<CalendarDuration> value;
  /// Without a value: what is wrong, and how to write it.
  std::string reason;
};

/// Reads "10 seconds", "1 minute 30 seconds", "10s", "1.5 hours", "-5 seconds", "1 month".
ParsedDuration parse_duration(std::string_view text);

/// "1 minute 30 seconds"; parse_duration reads it back.
std::string format_duration(const CalendarDuration& duration);
std::string format_duration_us(std::int64_t microseconds);

}  // namespace millrace

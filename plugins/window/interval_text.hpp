#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::window {

/// Reads an interval such as '1 minute 30.5 seconds' or 'interval -2 hours' as microseconds.
/// Nothing if it is none: months and years have no fixed length.
std::optional<int64_t> parse_interval(std::string_view text);

}  // namespace millrace::window

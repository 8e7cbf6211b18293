#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/expression/ast.hpp"

namespace millrace {

/// Undoes the backslash escapes of a string literal as Spark does: \n \t \r \b \0 \Z, octal \101,
/// \u0041, \U0001F600; \% and \_ keep their backslash (LIKE needs it); any other \x is x.
std::string unescape(std::string_view text);

/// Reads the text of an interval literal: "1 hour 30 minutes", "-1.5 seconds", "2 months".
std::optional<Interval> parse_interval(std::string_view text);

/// Writes a duration as such a text: "1 hour 30 minutes".
std::string interval_text(int64_t microseconds);

}  // namespace millrace

#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/config/duration.hpp"
#include "core/config/value.hpp"
#include "core/diagnostics/diagnostic.hpp"

namespace millrace {

// Each reads one value of the file, or reports why it cannot be read. `what` names it in messages:
// "`threads`". Where a string came from a variable, its text is taken for any type, since
// "${THREADS}" can be written no other way.

std::optional<bool> read_boolean(const Value& value, const std::string& what, Diagnostics& to);
std::optional<std::int64_t> read_integer(const Value& value, const std::string& what,
                                         Diagnostics& to);
std::optional<double> read_real(const Value& value, const std::string& what, Diagnostics& to);
const WrittenText* read_text(const Value& value, const std::string& what, Diagnostics& to);
std::optional<CalendarDuration> read_duration(const Value& value, const std::string& what,
                                              Diagnostics& to);
std::optional<std::int64_t> read_byte_size(const Value& value, const std::string& what,
                                           Diagnostics& to);
/// The index of the word among the choices.
std::optional<std::size_t> read_choice(const Value& value, const std::string& what,
                                       std::span<const std::string> choices, Diagnostics& to);

Diagnostic& report_wrong_type(const Value& value, const std::string& what,
                              const std::string& expected, Diagnostics& to);

/// "did you mean `x`?", or `otherwise` where nothing is near.
std::string suggestion(const std::string& word, std::span<const std::string> candidates,
                       const std::string& otherwise);

}  // namespace millrace

#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/config/option.hpp"

namespace millrace {

/// Reads one value as its option's type says, or reports why it cannot be read.
std::optional<OptionValue::Content> read_option(const OptionSpec& spec, const Value& value,
                                                Diagnostics& diagnostics);

/// Reads the text of a default as if it stood in the file. One that cannot be read is a mistake of
/// the plugin, not of the file: there is no default then.
std::optional<OptionValue::Content> read_default(const OptionSpec& spec);

/// Adds a value of a string_map, and the values of tables inside it under dotted names.
void flatten(const std::string& name, const Span& name_span, const Value& value,
             std::vector<NamedText>& into, Diagnostics& diagnostics);

/// How a value of that type is written: "10 seconds" in quotes for a duration.
std::string example_of(const OptionSpec& spec);

}  // namespace millrace

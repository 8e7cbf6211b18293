#pragma once
#include <string_view>

#include "millrace/column_builder.hpp"
#include "millrace/context.hpp"

namespace millrace::csv {

// Whether a CSV field can hold values of the type.
bool is_readable(const Type& type);

// Appends what a field's text means, in the zone where it names none; false, and nothing appended,
// when it does not fit the type.
bool append_field(std::string_view text, const SessionZone& zone, ColumnBuilder& to);

bool is_utf8(std::string_view text);

}  // namespace millrace::csv

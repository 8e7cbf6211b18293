#pragma once
#include <string>
#include <string_view>

#include "millrace/column.hpp"

namespace millrace::console {

// Appends a value as Spark's show() prints it: times as "2024-01-01 00:00:00.5" in UTC, doubles as
// Java spells them, binaries as [68 69], arrays as [a, b], structures as {a, b}, null as NULL.
void append_cell(const Column& column, int64_t row, std::string& to);

// How many columns of a terminal a text takes, as far as that can be known: East Asian wide and
// full-width characters take two, combining marks none.
size_t display_width(std::string_view text);

// At most `most` columns wide, with "..." at the end if it is cut and there is room for that.
std::string cut_to_width(std::string_view text, size_t most);

}  // namespace millrace::console

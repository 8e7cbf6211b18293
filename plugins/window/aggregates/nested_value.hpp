#pragma once
#include <string>
#include <string_view>

#include "millrace/column.hpp"

// Lists and structures kept outside of a column, as bytes in the form that keys of several columns
// have (millrace/key_codec.hpp).
namespace millrace::window {

void assign_nested(std::string& to, const Column& column, int64_t row);

/// Less than, equal to or above zero, by the first part that differs; inside, null comes first.
int compare_nested(const Type& type, std::string_view a, std::string_view b);

}  // namespace millrace::window

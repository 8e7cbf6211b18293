#pragma once
#include <string>

#include "millrace/column.hpp"

#include "core/expression/row_value.hpp"

// Values as messages and the documentation show them: 'text', 1.5, 2024-01-31 12:00:00, null.
namespace millrace {

std::string value_text(bool value);
std::string value_text(int32_t value);
std::string value_text(int64_t value);
std::string value_text(float value);
std::string value_text(double value);
std::string value_text(std::string_view value);
std::string value_text(Bytes value);
std::string value_text(Date value);
std::string value_text(Timestamp value);  ///< in UTC
std::string value_text(Duration value);

/// One value of a column.
std::string value_text(const Column& column, int64_t row);

}  // namespace millrace

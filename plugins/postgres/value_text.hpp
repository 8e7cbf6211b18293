#pragma once
#include <string>

#include "millrace/column.hpp"

namespace millrace::postgres {

/// A value, not null and not nested, as PostgreSQL reads it.
void append_plain(const Column& column, int64_t row, std::string& to);

}  // namespace millrace::postgres

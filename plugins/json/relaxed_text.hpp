#pragma once
#include "millrace/column.hpp"

namespace millrace::json {

// Texts with what Spark's from_json reads beyond JSON spelled as JSON: strings in single quotes,
// and NaN, Infinity and INF as numbers. A column without any of them comes back as it is.
Column as_plain_json(const Column& texts);

}  // namespace millrace::json

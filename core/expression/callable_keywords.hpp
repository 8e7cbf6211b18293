#pragma once
#include <string>

// Words that PostgreSQL's grammar takes as a call only in a form of its own, such as ARRAY[...] or
// `= ANY (...)`, and that Spark's users call like functions: array(1, 2), any(x), int(x). The
// parser is given a name of the same length in their place, so that every position stays what it
// is.
namespace millrace {

/// The text with such calls renamed.
std::string with_callable_keywords(const std::string& text);

/// The function that a renamed call means; other names are what they are.
std::string callable_name(const std::string& parsed);

}  // namespace millrace

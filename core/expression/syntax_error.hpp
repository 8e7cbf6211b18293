#pragma once
#include <string>

namespace millrace {

/// Throws an ExpressionError for what PostgreSQL's parser said; `position` counts characters of the
/// text from 1.
[[noreturn]] void throw_syntax_error(const std::string& text, const std::string& message,
                                     int position);

/// Whether PostgreSQL's grammar does not take a word as a column, or not everywhere.
bool is_keyword(const std::string& word);

/// What to do where a keyword was meant as a column.
std::string quoting(const std::string& word);

}  // namespace millrace

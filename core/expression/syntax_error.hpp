#pragma once
#include <string>

namespace millrace {

/// Throws an ExpressionError for what PostgreSQL's parser said; `position` counts characters of the
/// text from 1.
[[noreturn]] void throw_syntax_error(const std::string& text, const std::string& message,
                                     int position);

}  // namespace millrace

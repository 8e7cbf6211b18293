#pragma once
#include <string>

// Columns named like words that PostgreSQL's grammar keeps for itself: `offset`, `end`, `group`.
// Where an operand is wanted such a word can only be a column, as Spark takes it. The parser is
// given a name of the same length in its place, so that every position stays what it is.
namespace millrace {

/// The text with such columns renamed.
std::string with_reserved_names(const std::string& text);

/// Whether the parser's name stands for this word of the text.
bool is_renamed(const std::string& parsed, const std::string& written);

}  // namespace millrace

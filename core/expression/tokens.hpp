#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// A word of an expression's text. PostgreSQL's parse tree tells where a node starts but not where
/// it ends; tokens tell that.
struct Token {
  enum class Kind { word, quoted_name, number, string, open, close, symbol };

  Kind kind;
  size_t begin;
  size_t end;
};

/// All tokens of a text, comments and blanks left out.
std::vector<Token> tokenize(std::string_view text);

/// The index of the token that covers or follows `at`; the number of tokens if there is none.
size_t token_at(const std::vector<Token>& tokens, size_t at);

/// The index of the parenthesis that closes the one at `open`.
size_t matching_close(const std::vector<Token>& tokens, size_t open);

/// A name as it was meant: quotes undone, case kept.
std::string name_of(const Token& token, std::string_view text);

/// Widens bytes [begin, end) until its parentheses are balanced.
void balance(const std::vector<Token>& tokens, size_t& begin, size_t& end);

}  // namespace millrace

#include "core/expression/syntax_error.hpp"

#include <algorithm>

#include "core/expression/expression_error.hpp"
#include "core/expression/tokens.hpp"

namespace millrace {

namespace {

size_t byte_of_character(const std::string& text, int position) {
  size_t at = 0;
  for (int character = 1; character < position && at < text.size(); ++character) {
    ++at;
    while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
  }
  return at;
}

/// What to do about an unexpected token.
std::string advice(const std::string& text, const Token& token) {
  const auto word = text.substr(token.begin, token.end - token.begin);
  if (token.kind == Token::Kind::close)
    return "an operand is missing before it, or it closes nothing";
  if (token.kind == Token::Kind::word)
    return "if `" + word + "` is a column, write it in double quotes: \"" + word + "\"";
  if (word == ",") return "a comma separates arguments of a function only";
  if (word.find('`') == 0) return "names are quoted with double quotes: \"name\"";
  if (token.kind == Token::Kind::string) return "is an operator missing before it?";
  return "";
}

}  // namespace

void throw_syntax_error(const std::string& text, const std::string& message, int position) {
  const auto tokens = tokenize(text);
  const auto fail = [](const std::string& what, size_t begin, size_t end, const std::string& help) {
    throw ExpressionError(ExpressionError::Kind::syntax, what, begin, end, help);
  };
  if (tokens.empty()) fail("the expression is empty", 0, text.size(), "write an expression");
  if (message.find("at end of input") != std::string::npos)
    fail("the expression ends too early", text.size(), text.size(),
         "an operand or a closing parenthesis is missing");
  const size_t begin = byte_of_character(text, std::max(position, 1));
  if (message.find("unterminated") != std::string::npos)
    fail("a quote is not closed", begin, text.size(), "add the closing quote");
  const size_t at = token_at(tokens, begin);
  if (at == tokens.size()) fail(message, begin, text.size(), "");
  const auto& token = tokens[at];
  const auto word = text.substr(token.begin, token.end - token.begin);
  const bool unexpected = message.find("syntax error") != std::string::npos;
  fail(unexpected ? "`" + word + "` is not expected here" : message, token.begin, token.end,
       unexpected ? advice(text, token) : "");
  __builtin_unreachable();
}

}  // namespace millrace

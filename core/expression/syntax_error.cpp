#include "core/expression/syntax_error.hpp"

#include <algorithm>
#include <string_view>

#include "core/expression/expression_error.hpp"
#include "core/expression/refused_function.hpp"
#include "core/expression/tokens.hpp"

namespace millrace {

bool is_keyword(const std::string& word) {
  static constexpr std::string_view keywords =
      " all analyse analyze and any array as asc asymmetric authorization binary both"
      " case cast check collate collation column concurrently constraint create cross"
      " current_catalog current_date current_role current_schema current_time"
      " current_timestamp current_user default deferrable desc distinct do else end"
      " except fetch for foreign freeze from full grant group having ilike in initially"
      " inner intersect into is isnull join lateral leading left like limit localtime"
      " localtimestamp natural notnull offset on only or order outer overlaps placing"
      " primary references returning right select session_user similar some symmetric"
      " table tablesample then to trailing union unique user using variadic verbose"
      " when where window with ";
  std::string lower(" ");
  for (const char c : word) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return keywords.find(lower + " ") != std::string_view::npos;
}

std::string quoting(const std::string& word) {
  return "if `" + word + "` is a column, write it in double quotes: \"" + word + "\"";
}

namespace {

size_t byte_of_character(const std::string& text, int position) {
  size_t at = 0;
  for (int character = 1; character < position && at < text.size(); ++character) {
    ++at;
    while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
  }
  return at;
}

/// What to do about an unexpected token; `before` is the word in front of it.
std::string advice(const std::string& text, const Token& token, const std::string& before) {
  const auto word = text.substr(token.begin, token.end - token.begin);
  if (word == "SELECT" || word == "select") return "write the expression alone";
  const bool is_word = token.kind == Token::Kind::word;
  if (is_keyword(before) && !(is_word && is_keyword(word))) return quoting(before);
  if (token.kind == Token::Kind::close)
    return "an operand is missing before it, or it closes nothing";
  if (is_word) return quoting(word);
  if (word == ",") return "a comma separates arguments of a function only";
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
  for (const auto& token : tokens)
    if (text[token.begin] == '`' && token.kind == Token::Kind::symbol)
      fail("names are not quoted by backticks", token.begin, token.end,
           "write double quotes: \"name\"");
  const auto last = text.substr(tokens.back().begin, tokens.back().end - tokens.back().begin);
  if (message.find("at end of input") != std::string::npos)
    fail("the expression ends too early", text.size(), text.size(),
         is_keyword(last) ? quoting(last) : "an operand or a closing parenthesis is missing");
  const size_t begin = byte_of_character(text, std::max(position, 1));
  if (message.find("unterminated") != std::string::npos)
    fail("a quote is not closed", begin, text.size(), "add the closing quote");
  const size_t at = token_at(tokens, begin);
  if (at == tokens.size()) fail(message, begin, text.size(), "");
  const auto& token = tokens[at];
  const auto word = text.substr(token.begin, token.end - token.begin);
  const auto before =
      at == 0 ? std::string()
              : text.substr(tokens[at - 1].begin, tokens[at - 1].end - tokens[at - 1].begin);
  if (word == "(" && !before.empty()) refuse_known(before, tokens[at - 1].begin, token.end);
  const bool unexpected = message.find("syntax error") != std::string::npos;
  fail(unexpected ? "`" + word + "` is not expected here" : message, token.begin, token.end,
       unexpected ? advice(text, token, before) : "");
  __builtin_unreachable();
}

}  // namespace millrace

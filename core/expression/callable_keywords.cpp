#include "core/expression/callable_keywords.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/expression/tokens.hpp"

namespace millrace {

namespace {

constexpr std::array<std::string_view, 10> callable{
    "any", "array", "bigint", "boolean", "char", "decimal", "float", "int", "some", "timestamp"};

std::string lower_word(std::string_view word) {
  std::string lower(word);
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

/// Whether the word in front makes it a type or a quantifier: x::int(...), CAST(x AS char(3)),
/// x = ANY (...).
bool is_of_the_grammar(const std::string& text, const Token& before) {
  if (before.kind == Token::Kind::word)
    return lower_word(std::string_view(text).substr(before.begin, before.end - before.begin)) ==
           "as";
  return before.kind == Token::Kind::symbol &&
         std::string_view("=<>!:.~").find(text[before.end - 1]) != std::string_view::npos;
}

}  // namespace

std::string with_callable_keywords(const std::string& text) {
  const auto tokens = tokenize(text);
  std::string renamed = text;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (token.kind != Token::Kind::word || text[tokens[i + 1].begin] != '(') continue;
    if (i > 0 && is_of_the_grammar(text, tokens[i - 1])) continue;
    const auto word =
        lower_word(std::string_view(text).substr(token.begin, token.end - token.begin));
    if (std::find(callable.begin(), callable.end(), word) != callable.end())
      renamed[token.begin] = '_';
  }
  return renamed;
}

std::string callable_name(const std::string& parsed) {
  for (const auto word : callable)
    if (parsed.size() == word.size() && parsed[0] == '_' && parsed.substr(1) == word.substr(1))
      return std::string(word);
  return parsed;
}

}  // namespace millrace

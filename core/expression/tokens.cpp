#include "core/expression/tokens.hpp"

#include <algorithm>

namespace millrace {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The end of a comment or blank at `at`, or `at` where there is neither.
size_t skip_space(std::string_view text, size_t at) {
  if (std::string_view(" \t\r\n\f\v").find(text[at]) != std::string_view::npos) return at + 1;
  if (text.substr(at, 2) == "--") return std::min(text.find_first_of("\r\n", at), text.size());
  if (text.substr(at, 2) != "/*") return at;
  int depth = 0;
  while (at < text.size()) {
    const auto two = text.substr(at, 2);
    if (two == "/*") ++depth;
    if (two == "*/") --depth;
    at += two == "/*" || two == "*/" ? 2 : 1;
    if (depth == 0) break;
  }
  return at;
}

size_t end_of_quoted(std::string_view text, size_t at, bool backslash) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (backslash && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (at + 1 < text.size() && text[at + 1] == quote)
        ++at;
      else
        return at + 1;
    }
  }
  return text.size();
}

/// The end of $tag$...$tag$, or `at` where none begins there.
size_t end_of_dollar_quoted(std::string_view text, size_t at) {
  size_t tag_end = at + 1;
  while (tag_end < text.size() && (is_letter(text[tag_end]) || is_digit(text[tag_end]))) ++tag_end;
  if (tag_end >= text.size() || text[tag_end] != '$') return at;
  const auto tag = text.substr(at, tag_end + 1 - at);
  const size_t close = text.find(tag, tag_end + 1);
  return close == std::string_view::npos ? text.size() : close + tag.size();
}

size_t end_of_number(std::string_view text, size_t at) {
  while (at < text.size() && (is_digit(text[at]) || text[at] == '.')) ++at;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
    if (digits < text.size() && is_digit(text[digits])) {
      at = digits;
      while (at < text.size() && is_digit(text[at])) ++at;
    }
  }
  return at;
}

/// Of an operator, which a comment ends, or of a single character.
size_t end_of_symbol(std::string_view text, size_t at) {
  constexpr std::string_view operators = "+-*/<>=~!@#%^&|?:";
  size_t end = at + 1;
  if (operators.find(text[at]) == std::string_view::npos) return end;
  while (end < text.size() && operators.find(text[end]) != std::string_view::npos) {
    const auto two = text.substr(end, 2);
    if (two == "--" || two == "/*") break;
    ++end;
  }
  return end;
}

Token next_token(std::string_view text, size_t at) {
  using Kind = Token::Kind;
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if ((c == 'e' || c == 'E') && next == '\'')
    return {Kind::string, at, end_of_quoted(text, at + 1, true)};
  if (c == '\'') return {Kind::string, at, end_of_quoted(text, at, false)};
  if (c == '"') return {Kind::quoted_name, at, end_of_quoted(text, at, false)};
  if (c == '$') {
    const size_t end = end_of_dollar_quoted(text, at);
    if (end != at) return {Kind::string, at, end};
  }
  if (is_digit(c) || (c == '.' && is_digit(next)))
    return {Kind::number, at, end_of_number(text, at)};
  if (is_letter(c)) {
    size_t end = at;
    while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '$'))
      ++end;
    return {Kind::word, at, end};
  }
  if (c == '(' || c == '[') return {Kind::open, at, at + 1};
  if (c == ')' || c == ']') return {Kind::close, at, at + 1};
  return {Kind::symbol, at, end_of_symbol(text, at)};
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  for (size_t at = 0; at < text.size();) {
    const size_t after = skip_space(text, at);
    if (after != at) {
      at = after;
      continue;
    }
    tokens.push_back(next_token(text, at));
    at = tokens.back().end;
  }
  return tokens;
}

size_t token_at(const std::vector<Token>& tokens, size_t at) {
  const auto found = std::partition_point(tokens.begin(), tokens.end(),
                                          [&](const Token& token) { return token.end <= at; });
  return static_cast<size_t>(found - tokens.begin());
}

size_t matching_close(const std::vector<Token>& tokens, size_t open) {
  int depth = 0;
  for (size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].kind == Token::Kind::open) ++depth;
    if (tokens[i].kind == Token::Kind::close && --depth == 0) return i;
  }
  return tokens.size() - 1;
}

std::string name_of(const Token& token, std::string_view text) {
  auto name = std::string(text.substr(token.begin, token.end - token.begin));
  if (token.kind != Token::Kind::quoted_name || name.size() < 2) return name;
  name = name.substr(1, name.size() - 2);
  for (size_t at = name.find("\"\""); at != std::string::npos; at = name.find("\"\"", at + 1))
    name.erase(at, 1);
  return name;
}

void balance(const std::vector<Token>& tokens, size_t& begin, size_t& end) {
  const size_t first = token_at(tokens, begin);
  const size_t last = token_at(tokens, end);
  int depth = 0;
  int missing_before = 0;
  for (size_t i = first; i < last; ++i) {
    if (tokens[i].kind == Token::Kind::open) ++depth;
    if (tokens[i].kind == Token::Kind::close && --depth < 0) {
      ++missing_before;
      depth = 0;
    }
  }
  for (size_t i = first; missing_before > 0 && i-- > 0;) {
    begin = tokens[i].begin;
    if (tokens[i].kind == Token::Kind::open) --missing_before;
  }
  for (size_t i = last; depth > 0 && i < tokens.size(); ++i) {
    end = tokens[i].end;
    if (tokens[i].kind == Token::Kind::close) --depth;
  }
}

}  // namespace millrace

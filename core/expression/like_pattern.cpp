#include "core/expression/like_pattern.hpp"

#include <algorithm>

#include "core/expression/unicode.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

LikePattern::LikePattern(std::string_view text, const Session&) {
  const auto pattern = text;
  while (!text.empty()) {
    Kind kind = Kind::literal;
    if (text[0] == '%') kind = Kind::any_text;
    if (text[0] == '_') kind = Kind::any_character;
    if (text[0] == '\\') {
      text.remove_prefix(1);
      if (text.empty() || (text[0] != '%' && text[0] != '_' && text[0] != '\\'))
        throw RowError{"in the pattern " + value_text(pattern) +
                       " the escape `\\` stands before something else than %, _ or itself"};
    }
    const size_t size = character_size(text);
    const bool repeated =
        kind == Kind::any_text && !tokens_.empty() && tokens_.back().kind == Kind::any_text;
    if (!repeated) tokens_.push_back({kind, std::string(text.substr(0, size))});
    text.remove_prefix(size);
  }
  // Most patterns are plain text with % before or behind it.
  const bool front = !tokens_.empty() && tokens_.front().kind == Kind::any_text;
  const bool back = tokens_.size() > 1 && tokens_.back().kind == Kind::any_text;
  const auto first = tokens_.begin() + (front ? 1 : 0);
  const auto last = tokens_.end() - (back ? 1 : 0);
  if (!std::all_of(first, last, [](const Token& token) { return token.kind == Kind::literal; }))
    return;
  for (auto token = first; token != last; ++token) literal_ += token->literal;
  if (front)
    shape_ = back || literal_.empty() ? Shape::contains : Shape::suffix;
  else
    shape_ = back ? Shape::prefix : Shape::equal;
}

bool LikePattern::matches(std::string_view text) const {
  switch (shape_) {
    case Shape::equal:
      return text == literal_;
    case Shape::prefix:
      return text.starts_with(literal_);
    case Shape::suffix:
      return text.ends_with(literal_);
    case Shape::contains:
      return text.find(literal_) != std::string_view::npos;
    case Shape::general:
      return matches_tokens(text);
  }
  return false;
}

/// Walks pattern and text together; on a mismatch, the last % takes one character more.
bool LikePattern::matches_tokens(std::string_view text) const {
  size_t at = 0;
  size_t token = 0;
  size_t retry_token = tokens_.size() + 1;
  size_t retry_at = 0;
  while (at < text.size()) {
    const size_t size = character_size(text.substr(at));
    if (token < tokens_.size() && tokens_[token].kind == Kind::any_text) {
      retry_token = ++token;
      retry_at = at;
    } else if (token < tokens_.size() && (tokens_[token].kind == Kind::any_character ||
                                          tokens_[token].literal == text.substr(at, size))) {
      ++token;
      at += size;
    } else if (retry_token <= tokens_.size()) {
      token = retry_token;
      retry_at += character_size(text.substr(retry_at));
      at = retry_at;
    } else {
      return false;
    }
  }
  while (token < tokens_.size() && tokens_[token].kind == Kind::any_text) ++token;
  return token == tokens_.size();
}

LowerCaseLikePattern::LowerCaseLikePattern(std::string_view text, const Session& session)
    : LikePattern(lower_case(text), session) {}

std::string with_backslash_escape(std::string_view pattern, std::string_view escape) {
  std::string result;
  while (!pattern.empty()) {
    if (pattern.starts_with(escape)) {
      pattern.remove_prefix(escape.size());
      const bool itself = pattern.starts_with(escape);
      if (!itself && (pattern.empty() || (pattern[0] != '%' && pattern[0] != '_')))
        throw RowError{"the escape " + value_text(escape) +
                       " stands before something else than %, _ or itself"};
      if (itself && escape != "%" && escape != "_" && escape != "\\") {
        result += escape;
        pattern.remove_prefix(escape.size());
        continue;
      }
      result += '\\';
    } else if (pattern[0] == '\\') {
      result += '\\';
    }
    const size_t size = character_size(pattern);
    result += pattern.substr(0, size);
    pattern.remove_prefix(size);
  }
  return result;
}

}  // namespace millrace

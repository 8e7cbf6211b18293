#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/row_value.hpp"

namespace millrace {

/// A LIKE pattern: % is any text, _ any character, \ makes the next %, _ or \ ordinary.
class LikePattern {
 public:
  using PreparedFromText = void;
  /// Throws RowError where the escape stands before anything else.
  LikePattern(std::string_view text, const Session& session);

  bool matches(std::string_view text) const;

 private:
  enum class Shape { equal, prefix, suffix, contains, general };
  enum class Kind { literal, any_character, any_text };
  struct Token {
    Kind kind;
    std::string literal;  ///< one character
  };

  bool matches_tokens(std::string_view text) const;

  Shape shape_ = Shape::general;
  std::string literal_;
  std::vector<Token> tokens_;
};

/// The same, ignoring case. The text must be in lower case.
class LowerCaseLikePattern : public LikePattern {
 public:
  LowerCaseLikePattern(std::string_view text, const Session& session);
};

/// A pattern with another escape character in the spelling that LikePattern reads.
std::string with_backslash_escape(std::string_view pattern, std::string_view escape);

}  // namespace millrace

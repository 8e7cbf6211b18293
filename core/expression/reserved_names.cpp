#include "core/expression/reserved_names.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/expression/tokens.hpp"

namespace millrace {

namespace {

// Not those that begin an expression, or a part of one, themselves: CASE, NOT, NULL, DISTINCT,
// WHERE, TRIM(BOTH ...
constexpr std::string_view reserved[] = {
    "analyse",     "analyze",    "asc",          "authorization", "binary",  "check",     "collate",
    "collation",   "column",     "concurrently", "constraint",    "create",  "cross",     "default",
    "deferrable",  "desc",       "do",           "end",           "except",  "fetch",     "for",
    "foreign",     "freeze",     "from",         "full",          "grant",   "group",     "having",
    "ilike",       "initially",  "inner",        "intersect",     "into",    "is",        "isnull",
    "join",        "lateral",    "left",         "like",          "limit",   "natural",   "notnull",
    "offset",      "on",         "only",         "order",         "outer",   "overlaps",  "placing",
    "primary",     "references", "returning",    "right",         "similar", "symmetric", "table",
    "tablesample", "to",         "union",        "unique",        "using",   "verbose",   "window"};

/// After these an operand follows.
constexpr std::string_view before_operands[] = {"and",  "or",       "case",    "not",  "when",
                                                "then", "else",     "between", "like", "ilike",
                                                "from", "distinct", "by"};

class Words {
 public:
  explicit Words(const std::string& text) : text_(text), tokens_(tokenize(text)) {}

  size_t size() const { return tokens_.size(); }
  size_t begin(size_t at) const { return tokens_[at].begin; }

  /// A name that is written without quotes, in lower case; empty for anything else.
  std::string word(size_t at) const {
    if (at >= tokens_.size() || tokens_[at].kind != Token::Kind::word) return "";
    std::string word = text_.substr(tokens_[at].begin, tokens_[at].end - tokens_[at].begin);
    for (auto& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return word;
  }
  char first(size_t at) const { return at < tokens_.size() ? text_[tokens_[at].begin] : ' '; }

  /// To be asked from the first token to the last.
  bool is_column(size_t at) {
    const auto word = this->word(at);
    last_is_column_ =
        std::find(std::begin(reserved), std::end(reserved), word) != std::end(reserved) &&
        wants_operand(at) && first(at + 1) != '(' && !is_of_the_grammar(at, word);
    return last_is_column_;
  }

 private:
  bool wants_operand(size_t at) const {
    if (at == 0) return true;
    const auto kind = tokens_[at - 1].kind;
    if (kind == Token::Kind::word)
      return !last_is_column_ && std::find(std::begin(before_operands), std::end(before_operands),
                                           word(at - 1)) != std::end(before_operands);
    return kind == Token::Kind::open || (kind == Token::Kind::symbol && first(at - 1) != '.');
  }

  /// x NOT LIKE y; x IS DISTINCT FROM y; trim(FROM x); WITHIN GROUP (ORDER BY x).
  bool is_of_the_grammar(size_t at, const std::string& word) const {
    const auto before = at == 0 ? "" : this->word(at - 1);
    if (before == "not") return word == "like" || word == "ilike" || word == "similar";
    if (word == "from") return before == "distinct" || (at > 1 && this->word(at - 2) == "trim");
    return word == "order" && this->word(at + 1) == "by";
  }

  const std::string& text_;
  std::vector<Token> tokens_;
  bool last_is_column_ = false;
};

}  // namespace

std::string with_reserved_names(const std::string& text) {
  Words words(text);
  std::string renamed = text;
  for (size_t i = 0; i < words.size(); ++i)
    if (words.is_column(i)) renamed[words.begin(i)] = '_';
  return renamed;
}

bool is_renamed(const std::string& parsed, const std::string& written) {
  return parsed[0] == '_' && parsed.size() == written.size() &&
         std::equal(parsed.begin() + 1, parsed.end(), written.begin() + 1,
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

}  // namespace millrace

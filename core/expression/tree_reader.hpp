#pragma once
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/expression/expression_error.hpp"
#include "core/expression/parse_tree.hpp"
#include "core/expression/tokens.hpp"

namespace millrace {

/// Translates PostgreSQL's tree, as libpg_query's JSON, into an Ast. Locations in the JSON are
/// bytes of the statement, which is the text behind a fixed prefix. Two things the JSON does not
/// tell are read from the text itself: the case of unquoted names, and the value of negative
/// integers (libpg_query 15 omits every integer that is not above 0).
class TreeReader {
 public:
  using Json = nlohmann::json;
  static constexpr std::string_view prefix = "SELECT ";

  TreeReader(std::shared_ptr<const std::string> text, Allow allow)
      : shared_text_(std::move(text)),
        text_(*shared_text_),
        tokens_(tokenize(text_)),
        allow_(allow) {}

  ParsedItem item(const Json& target);

 private:
  using Kind = ExpressionError::Kind;
  using Nodes = std::vector<AstPointer>;
  struct Place {
    size_t begin;
    size_t end;
  };

  AstPointer read(const Json& wrapped);
  AstPointer dispatch(const std::string& kind, const Json& node);
  [[noreturn]] void unsupported(const std::string& kind, const Json& node);
  size_t begin_of(const Json& node) const;
  /// The token at the node's location.
  Place place_of(const Json& node) const;
  /// From the node's location to the closing parenthesis of the first one behind it.
  Place place_of_call(const Json& node) const;
  /// From the node's location (IS, in "x IS NOT NULL") over the words behind it.
  Place place_after(const Json& node) const;
  static std::string lower(std::string text);
  /// A call whose text is `place` and everything its arguments cover.
  AstPointer call(std::string name, Nodes arguments, Place place, Type type = {}) const;
  AstPointer negate(AstPointer node, bool really) const;
  static std::shared_ptr<AstNode> literal(Place place, Type type);
  Nodes list(const Json& node, const char* key);

  // Literals and casts.
  AstPointer constant(const Json& node);
  size_t next_number(size_t from) const;
  size_t end_of_next_number(size_t from) const;
  AstPointer integer(const Json& node, Place place);
  AstPointer number(const std::string& digits, Place place);
  static AstPointer decimal(const std::string& digits, Place place);
  /// PostgreSQL has undone the escapes of E'...' itself; $$...$$ has none.
  bool is_plain_string(size_t begin) const;
  AstPointer cast(const Json& node);
  AstPointer literal_of_type(const Json& type_name, const AstPointer& argument, Place place);
  /// The unit in `INTERVAL '10' SECOND`; PostgreSQL gives it as a bit.
  static std::string field_of(const Json& typmods, Place place);
  static Type decimal_type(const Json& typmods, Place place);
  Type read_type(const Json& node) const;
  AstPointer try_cast(const Nodes& arguments, Place place) const;

  // Operators, and what is written like them: LIKE, BETWEEN, CASE.
  AstPointer operation(const Json& node);
  /// The end of the parenthesis that closes around what ends at `end`.
  size_t close_after(size_t end) const;
  AstPointer plain_operator(const Json& node, const std::string& name, Place place);
  [[noreturn]] void unknown_operator(const std::string& name, Place place) const;
  AstPointer like(const char* function, const Json& node, bool negated, Place place);
  AstPointer between(const Json& node, Place place);
  AstPointer logic(const Json& node);
  AstPointer boolean_test(const Json& node);
  /// CASE x WHEN a THEN b ... becomes CASE WHEN x = a THEN b ...
  AstPointer case_of(const Json& node);
  size_t end_of_case(size_t begin) const;

  // Columns, fields and calls of functions.
  AstPointer column(const Json& node);
  /// A word such as `user` or `current_date`, which PostgreSQL reads as a call: a column, if there
  /// is one of that name.
  AstPointer bare_keyword(const Json& node);
  /// The name in the text at a token, unless it is something else than PostgreSQL read there.
  std::string name_at(size_t at, const std::string& parsed) const;
  AstPointer field(const Json& node);
  AstPointer subscript(const AstPointer& arg, const Json& indices);
  AstPointer array(const Json& node);
  /// The end of the first `]` behind what ends at `end`.
  size_t bracket_after(size_t end) const;
  AstPointer function(const Json& node);
  /// Whether the first argument is a unit such as HOUR, which reads like a column.
  static bool takes_unit(const std::string& name, size_t arguments);
  static AstPointer unit_of(const AstPointer& argument);
  /// What WITHIN GROUP (ORDER BY x DESC) says, as arguments: percentile_cont(p) becomes
  /// percentile_cont(x, p, TRUE), listagg(text, ',') becomes listagg(text, ',', x, TRUE).
  void add_order(const Json& node, const std::string& name, Nodes& arguments, Place place);
  void check_aggregate(const Json& node, const std::string& name, bool allowed, Place place) const;

  std::shared_ptr<const std::string> shared_text_;  // Shared with every Ast that is made.
  const std::string& text_;
  std::vector<Token> tokens_;
  Allow allow_;
  ParsedItem* item_ = nullptr;
  int depth_ = 0;
};

}  // namespace millrace

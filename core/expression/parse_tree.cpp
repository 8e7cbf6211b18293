#include "core/expression/parse_tree.hpp"

#include <pg_query.h>

#include "core/expression/callable_keywords.hpp"
#include "core/expression/charset.hpp"
#include "core/expression/expression_error.hpp"
#include "core/expression/parse.hpp"
#include "core/expression/reserved_names.hpp"
#include "core/expression/syntax_error.hpp"
#include "core/expression/tree_reader.hpp"

namespace millrace {

namespace {

using Json = nlohmann::json;
using Kind = ExpressionError::Kind;

std::string without_clauses(const std::string& text) {
  const auto tokens = tokenize(text);
  if (tokens.empty()) return "write an expression";
  const auto first = text.substr(tokens[0].begin, tokens[0].end - tokens[0].begin);
  return is_keyword(first) ? quoting(first) : "write one expression, without FROM, WHERE and so on";
}

/// The single item of `SELECT item`, nothing before or behind it.
const Json& only_item(const Json& tree, const std::string& text) {
  const auto fail = [&](const std::string& message, const std::string& help) {
    throw ExpressionError(Kind::syntax, message, 0, text.size(), help);
  };
  const auto& statements = tree["stmts"];
  if (statements.size() != 1) fail("there is more than one statement", "write one expression");
  const auto& statement = statements[0]["stmt"];
  if (!statement.contains("SelectStmt") || statement["SelectStmt"]["op"] != "SETOP_NONE")
    fail("a query is not an expression", "write one expression");
  const auto& select = statement["SelectStmt"];
  for (const auto& [key, value] : select.items())
    if (key != "targetList" && key != "limitOption" && key != "op")
      fail("this is a query, not an expression", without_clauses(text));
  if (!select.contains("targetList")) fail("the expression is empty", "write an expression");
  if (select["targetList"].size() != 1)
    fail("there is more than one expression",
         "write one expression; a comma separates arguments only");
  return select["targetList"][0]["ResTarget"];
}

}  // namespace

ParsedItem parse_item(std::string_view text, Allow allow) {
  const auto shared = std::make_shared<const std::string>(text);
  if (text.size() > expression_bytes_max)
    throw ExpressionError(Kind::unsupported, "the expression is longer than 64 KiB", 0, text.size(),
                          "compute parts of it in a select transform before");
  if (text.find('\0') != std::string_view::npos)
    throw ExpressionError(Kind::syntax, "the expression contains a NUL byte", text.find('\0'),
                          text.find('\0') + 1, "write '\\0' for a string with a NUL byte");
  if (!is_utf8(text))
    throw ExpressionError(Kind::syntax, "the expression is no UTF-8 text", 0, text.size(),
                          "save the file as UTF-8");
  const auto statement =
      std::string(TreeReader::prefix) + with_reserved_names(with_callable_keywords(*shared));
  struct Freed {
    PgQueryParseResult result;
    ~Freed() { pg_query_free_parse_result(result); }
  };
  const Freed parsed{pg_query_parse(statement.c_str())};
  if (parsed.result.error != nullptr)
    throw_syntax_error(
        *shared, parsed.result.error->message,
        parsed.result.error->cursorpos - static_cast<int>(TreeReader::prefix.size()));
  const auto tree = Json::parse(parsed.result.parse_tree);
  return TreeReader(shared, allow).item(only_item(tree, *shared));
}

}  // namespace millrace

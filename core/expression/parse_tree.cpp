#include "core/expression/parse_tree.hpp"

#include <pg_query.h>

#include "core/expression/expression_error.hpp"
#include "core/expression/parse.hpp"
#include "core/expression/syntax_error.hpp"
#include "core/expression/tree_reader.hpp"

namespace millrace {

namespace {

using Json = nlohmann::json;
using Kind = ExpressionError::Kind;

/// The single item of `SELECT item`, nothing before or behind it.
const Json& only_item(const Json& tree, std::string_view text) {
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
      fail("this is a query, not an expression",
           "write one expression, without FROM, WHERE and so on");
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
  const auto statement = std::string(TreeReader::prefix) + *shared;
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

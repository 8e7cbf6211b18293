#include <algorithm>

#include "core/expression/tree_reader.hpp"

namespace millrace {

AstPointer TreeReader::operation(const Json& node) {
  const auto kind = node["kind"].get<std::string>();
  const auto name = node["name"].back()["String"]["sval"].get<std::string>();
  const Place place = place_of(node);
  if (kind == "AEXPR_OP") return plain_operator(node, name, place);
  if (kind == "AEXPR_DISTINCT" || kind == "AEXPR_NOT_DISTINCT")
    return negate(call("<=>", {read(node["lexpr"]), read(node["rexpr"])}, place),
                  kind == "AEXPR_DISTINCT");
  if (kind == "AEXPR_NULLIF")
    return call("nullif", {read(node["lexpr"]), read(node["rexpr"])}, place_of_call(node));
  if (kind == "AEXPR_IN") {
    Nodes arguments{read(node["lexpr"])};
    for (const auto& item : node["rexpr"]["List"]["items"]) arguments.push_back(read(item));
    const size_t end = arguments.back()->end;
    auto made = call("in", std::move(arguments), {place.begin, close_after(end)});
    return negate(std::move(made), name == "<>");
  }
  if (kind == "AEXPR_LIKE") return like("like", node, name == "!~~", place);
  if (kind == "AEXPR_ILIKE") return like("ilike", node, name == "!~~*", place);
  if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_NOT_BETWEEN") return between(node, place);
  const bool list = kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL";
  throw ExpressionError(
      Kind::unsupported,
      (list ? "a comparison with ANY or ALL" : "`" + name + "`") + std::string(" is not supported"),
      place.begin, place.end, list ? "write array_contains(array, value)" : "");
}

size_t TreeReader::close_after(size_t end) const {
  const size_t at = token_at(tokens_, end);
  return at < tokens_.size() && tokens_[at].kind == Token::Kind::close ? tokens_[at].end : end;
}

AstPointer TreeReader::plain_operator(const Json& node, const std::string& name, Place place) {
  if (!node.contains("lexpr")) {
    auto operand = read(node["rexpr"]);
    if (name == "+") return operand;
    if (name == "-" || name == "~") return call(name == "-" ? "negative" : name, {operand}, place);
    if (name == "!") return call("not", {operand}, place);
    unknown_operator(name, place);
  }
  if (!node.contains("rexpr")) unknown_operator(name, place);
  auto left = read(node["lexpr"]);
  auto right = read(node["rexpr"]);
  static const std::vector<std::string> known{"+", "-", "*",  "/",  "%",  "=", "<>",  "<",
                                              ">", "&", "<=", ">=", "||", "|", "<=>", "^"};
  if (std::find(known.begin(), known.end(), name) != known.end())
    return call(name, {left, right}, place);
  if (name == "==") return call("=", {left, right}, place);
  if (name == "!=") return call("<>", {left, right}, place);
  if (name == "~" || name == "!~") return negate(call("rlike", {left, right}, place), name == "!~");
  unknown_operator(name, place);
}

void TreeReader::unknown_operator(const std::string& name, Place place) const {
  std::string help =
      "operators are + - * / % = <> < <= > >= <=> || & | ^ AND OR NOT LIKE IN BETWEEN IS";
  if (name == "&&") help = "write AND";
  if (name == "->")
    help = "functions over items, such as transform(array, x -> x + 1), are not there";
  throw ExpressionError(Kind::unknown_function, "there is no operator `" + name + "`", place.begin,
                        place.end, help);
}

AstPointer TreeReader::like(const char* function, const Json& node, bool negated, Place place) {
  Nodes arguments{read(node["lexpr"])};
  const auto& pattern = node["rexpr"];
  // `LIKE x ESCAPE y` arrives as like_escape(x, y).
  const bool escaped = pattern.contains("FuncCall") &&
                       pattern["FuncCall"]["funcname"].back()["String"]["sval"] == "like_escape";
  if (escaped)
    for (const auto& argument : pattern["FuncCall"]["args"]) arguments.push_back(read(argument));
  else
    arguments.push_back(read(pattern));
  return negate(call(function, std::move(arguments), place), negated);
}

AstPointer TreeReader::between(const Json& node, Place place) {
  auto value = read(node["lexpr"]);
  const auto& bounds = node["rexpr"]["List"]["items"];
  auto low = call(">=", {value, read(bounds[0])}, place);
  auto high = call("<=", {value, read(bounds[1])}, place);
  return negate(call("and", {low, high}, place), node["kind"] == "AEXPR_NOT_BETWEEN");
}

AstPointer TreeReader::logic(const Json& node) {
  const auto kind = node["boolop"].get<std::string>();
  return call(kind == "AND_EXPR" ? "and" : (kind == "OR_EXPR" ? "or" : "not"), list(node, "args"),
              place_of(node));
}

AstPointer TreeReader::boolean_test(const Json& node) {
  const auto kind = node["booltesttype"].get<std::string>();
  auto argument = read(node["arg"]);
  const Place place = place_after(node);
  const bool negated = kind.find("IS_NOT") == 0;
  if (kind.find("UNKNOWN") != std::string::npos)
    return negate(call("isnull", {argument}, place), negated);
  const bool truth = kind.find("TRUE") != std::string::npos;
  return negate(call(truth ? "is true" : "is false", {argument}, place), negated);
}

AstPointer TreeReader::case_of(const Json& node) {
  Nodes arguments;
  AstPointer operand = node.contains("arg") ? read(node["arg"]) : nullptr;
  for (const auto& wrapped : node["args"]) {
    const auto& when = wrapped["CaseWhen"];
    auto condition = read(when["expr"]);
    if (operand) {
      const Place place{condition->begin, condition->end};
      condition = call("=", {operand, condition}, place);
    }
    arguments.push_back(std::move(condition));
    arguments.push_back(read(when["result"]));
  }
  if (node.contains("defresult")) arguments.push_back(read(node["defresult"]));
  Place place = place_of(node);
  place.end = end_of_case(place.begin);
  return call("case", std::move(arguments), place);
}

size_t TreeReader::end_of_case(size_t begin) const {
  int depth = 0;
  for (size_t at = token_at(tokens_, begin); at < tokens_.size(); ++at) {
    if (tokens_[at].kind != Token::Kind::word) continue;
    const auto word = lower(text_.substr(tokens_[at].begin, tokens_[at].end - tokens_[at].begin));
    if (word == "case") ++depth;
    if (word == "end" && --depth == 0) return tokens_[at].end;
  }
  return text_.size();
}

}  // namespace millrace

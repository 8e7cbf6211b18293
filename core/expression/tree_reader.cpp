#include "core/expression/tree_reader.hpp"

#include <algorithm>
#include <map>

#include "core/expression/parse.hpp"
#include "core/expression/syntax_error.hpp"

namespace millrace {

ParsedItem TreeReader::item(const Json& target) {
  ParsedItem parsed;
  item_ = &parsed;
  parsed.ast = Ast(read(target.at("val")), shared_text_);
  if (target.contains("name"))
    parsed.name = name_at(tokens_.size() - 1, target["name"].get<std::string>());
  return parsed;
}

AstPointer TreeReader::read(const Json& wrapped) {
  if (++depth_ > expression_depth_max)
    throw ExpressionError(Kind::unsupported, "the expression nests too deeply", 0, text_.size(),
                          "compute parts of it in a select transform before");
  auto node = dispatch(wrapped.begin().key(), wrapped.begin().value());
  --depth_;
  return node;
}

AstPointer TreeReader::dispatch(const std::string& kind, const Json& node) {
  if (kind == "A_Const") return constant(node);
  if (kind == "ColumnRef") return column(node);
  if (kind == "A_Expr") return operation(node);
  if (kind == "BoolExpr") return logic(node);
  if (kind == "NullTest")
    return call(node["nulltesttype"] == "IS_NULL" ? "isnull" : "isnotnull", {read(node["arg"])},
                place_after(node));
  if (kind == "BooleanTest") return boolean_test(node);
  if (kind == "CaseExpr") return case_of(node);
  if (kind == "CoalesceExpr") return call("coalesce", list(node, "args"), place_of_call(node));
  if (kind == "MinMaxExpr")
    return call(node["op"] == "IS_GREATEST" ? "greatest" : "least", list(node, "args"),
                place_of_call(node));
  if (kind == "TypeCast") return cast(node);
  if (kind == "FuncCall") return function(node);
  if (kind == "A_Indirection") return field(node);
  if (kind == "A_ArrayExpr") return array(node);
  if (kind == "SQLValueFunction") return bare_keyword(node);
  unsupported(kind, node);
}

void TreeReader::unsupported(const std::string& kind, const Json& node) {
  struct Known {
    const char* what;
    const char* help;
  };
  static const std::map<std::string, Known> known{
      {"SubLink", {"a query inside an expression", "join with the other rows: type = \"join\""}},
      {"ParamRef", {"a parameter such as $1", "write the value"}},
      {"RowExpr", {"a row (..., ...)", "write struct(a, b), or compare the values one by one"}},
      {"NamedArgExpr", {"an argument by name", "write the arguments in their order"}},
      {"CollateClause", {"COLLATE", "compare lower(text) to ignore case"}}};
  const auto found = known.find(kind);
  std::string what = found == known.end() ? "this kind of SQL expression" : found->second.what;
  std::string help =
      found == known.end() ? "docs/functions.md lists what there is" : found->second.help;
  const Place place = place_of(node);
  if (kind == "SetToDefault") {
    what = "DEFAULT";
    help = quoting(text_.substr(place.begin, place.end - place.begin));
  }
  throw ExpressionError(Kind::unsupported, what + " is not supported", place.begin, place.end,
                        help);
}

size_t TreeReader::begin_of(const Json& node) const {
  const auto location = node.value("location", int64_t{0}) - static_cast<int64_t>(prefix.size());
  return static_cast<size_t>(std::clamp<int64_t>(location, 0, static_cast<int64_t>(text_.size())));
}

TreeReader::Place TreeReader::place_of(const Json& node) const {
  const size_t begin = begin_of(node);
  const size_t at = token_at(tokens_, begin);
  return {begin, at < tokens_.size() ? tokens_[at].end : text_.size()};
}

TreeReader::Place TreeReader::place_of_call(const Json& node) const {
  const size_t begin = begin_of(node);
  size_t at = token_at(tokens_, begin);
  while (at < tokens_.size() && tokens_[at].kind != Token::Kind::open) ++at;
  if (at == tokens_.size()) return place_of(node);
  return {begin, tokens_[matching_close(tokens_, at)].end};
}

TreeReader::Place TreeReader::place_after(const Json& node) const {
  const size_t begin = begin_of(node);
  size_t at = token_at(tokens_, begin);
  size_t end = begin;
  for (; at < tokens_.size() && tokens_[at].kind == Token::Kind::word; ++at) {
    end = tokens_[at].end;
    const auto word = lower(text_.substr(tokens_[at].begin, end - tokens_[at].begin));
    if (word == "null" || word == "true" || word == "false" || word == "unknown" ||
        word == "isnull" || word == "notnull")
      break;
  }
  return {begin, end};
}

std::string TreeReader::lower(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

AstPointer TreeReader::call(std::string name, Nodes arguments, Place place, Type type) const {
  auto node = std::make_shared<AstNode>();
  node->kind = AstNode::Kind::call;
  node->function = std::move(name);
  node->type = std::move(type);
  for (const auto& argument : arguments) {
    place.begin = std::min(place.begin, argument->begin);
    place.end = std::max(place.end, argument->end);
  }
  balance(tokens_, place.begin, place.end);
  node->begin = place.begin;
  node->end = place.end;
  node->arguments = std::move(arguments);
  return node;
}

AstPointer TreeReader::negate(AstPointer node, bool really) const {
  if (!really) return node;
  const Place place{node->begin, node->end};
  return call("not", {std::move(node)}, place);
}

std::shared_ptr<AstNode> TreeReader::literal(Place place, Type type) {
  auto node = std::make_shared<AstNode>();
  node->begin = place.begin;
  node->end = place.end;
  node->type = std::move(type);
  return node;
}

TreeReader::Nodes TreeReader::list(const Json& node, const char* key) {
  Nodes nodes;
  if (node.contains(key))
    for (const auto& entry : node[key]) nodes.push_back(read(entry));
  return nodes;
}

}  // namespace millrace

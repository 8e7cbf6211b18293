#include <utility>

#include "core/expression/callable_keywords.hpp"
#include "core/expression/reserved_names.hpp"
#include "core/expression/tree_reader.hpp"

namespace millrace {

AstPointer TreeReader::column(const Json& node) {
  Place place = place_of(node);
  auto made = std::make_shared<AstNode>();
  made->kind = AstNode::Kind::column;
  size_t at = token_at(tokens_, place.begin);
  for (const auto& field : node["fields"]) {
    if (!field.contains("String"))
      throw ExpressionError(Kind::unsupported, "`*` cannot be used here", place.begin, place.end,
                            "name the columns one by one");
    place.end = at < tokens_.size() ? tokens_[at].end : text_.size();
    made->path.push_back(name_at(at, field["String"]["sval"].get<std::string>()));
    at += 2;  // The name and the dot behind it.
  }
  made->begin = place.begin;
  made->end = place.end;
  return made;
}

AstPointer TreeReader::bare_keyword(const Json& node) {
  const Place place = place_of(node);
  auto made = std::make_shared<AstNode>();
  made->kind = AstNode::Kind::column;
  made->path.push_back(text_.substr(place.begin, place.end - place.begin));
  made->begin = place.begin;
  made->end = place.end;
  return made;
}

std::string TreeReader::name_at(size_t at, const std::string& parsed) const {
  if (at >= tokens_.size()) return parsed;
  const auto& token = tokens_[at];
  auto written = name_of(token, text_);
  if (token.kind == Token::Kind::quoted_name || is_renamed(parsed, written)) return written;
  return token.kind == Token::Kind::word && lower(written).compare(0, parsed.size(), parsed) == 0
             ? written
             : parsed;
}

AstPointer TreeReader::field(const Json& node) {
  auto arg = read(node["arg"]);
  for (const auto& step : node["indirection"]) {
    if (!step.contains("String")) {
      arg = subscript(arg, step["A_Indices"]);
      continue;
    }
    auto name = step["String"]["sval"].get<std::string>();
    size_t dot = token_at(tokens_, arg->end);
    while (dot < tokens_.size() && text_[tokens_[dot].begin] != '.') ++dot;
    const Place place{arg->begin, dot + 1 < tokens_.size() ? tokens_[dot + 1].end : text_.size()};
    name = name_at(dot + 1, name);
    if (arg->kind == AstNode::Kind::column) {
      auto longer = std::make_shared<AstNode>(*arg);
      longer->path.push_back(name);
      longer->end = place.end;
      balance(tokens_, longer->begin, longer->end);
      arg = longer;
    } else {
      auto made = literal({place.end - name.size(), place.end}, TypeId::string);
      made->value = name;
      arg = call("field", {arg, made}, place);
    }
  }
  return arg;
}

AstPointer TreeReader::subscript(const AstPointer& arg, const Json& indices) {
  if (indices.value("is_slice", false) || !indices.contains("uidx"))
    throw ExpressionError(Kind::unsupported, "`[from:to]` is not supported", arg->begin, arg->end,
                          "write slice(array, start, length)");
  auto index = read(indices["uidx"]);
  const size_t end = bracket_after(index->end);
  return call("[]", {arg, std::move(index)}, {arg->begin, end});
}

AstPointer TreeReader::array(const Json& node) {
  auto items = list(node, "elements");
  Place place = place_of(node);
  size_t end = place.end;
  for (const auto& item : items) end = std::max(end, item->end);
  place.end = bracket_after(end);
  return call("array", std::move(items), place);
}

size_t TreeReader::bracket_after(size_t end) const {
  size_t at = token_at(tokens_, end);
  while (at < tokens_.size() && text_[tokens_[at].begin] != ']') ++at;
  return at < tokens_.size() ? tokens_[at].end : text_.size();
}

AstPointer TreeReader::function(const Json& node) {
  const auto name = callable_name(node["funcname"].back()["String"]["sval"].get<std::string>());
  const Place place = place_of_call(node);
  const bool outermost = depth_ == 1;
  check_aggregate(node, name, outermost && allow_ == Allow::aggregate, place);
  if (outermost && allow_ == Allow::aggregate) {
    item_->star = node.value("agg_star", false);
    item_->distinct = node.value("agg_distinct", false);
    if (node.contains("agg_filter")) item_->filter = Ast(read(node["agg_filter"]), shared_text_);
  }
  auto arguments = list(node, "args");
  if (node.contains("agg_within_group")) add_order(node, lower(name), arguments, place);
  if (name == "try_cast") return try_cast(arguments, place);
  if (takes_unit(lower(name), arguments.size())) arguments[0] = unit_of(arguments[0]);
  const bool sql_syntax = node.value("funcformat", "") == "COERCE_SQL_SYNTAX";
  if (sql_syntax && name == "position") return call("instr", std::move(arguments), place);
  if (sql_syntax && name == "btrim") return call("trim", std::move(arguments), place);
  if (sql_syntax && name == "timezone") {
    std::swap(arguments.at(0), arguments.at(1));
    return call("at time zone", std::move(arguments), place_of(node));
  }
  return call(lower(name), std::move(arguments), place);
}

bool TreeReader::takes_unit(const std::string& name, size_t arguments) {
  if (name == "timestampadd" || name == "timestampdiff") return arguments > 0;
  return arguments == 3 &&
         (name == "dateadd" || name == "date_add" || name == "datediff" || name == "date_diff");
}

AstPointer TreeReader::unit_of(const AstPointer& argument) {
  if (argument->kind != AstNode::Kind::column || argument->path.size() != 1) return argument;
  auto made = literal({argument->begin, argument->end}, TypeId::string);
  made->value = argument->path[0];
  return made;
}

void TreeReader::add_order(const Json& node, const std::string& name, Nodes& arguments,
                           Place place) {
  const auto fail = [&](const std::string& message, const std::string& help) {
    throw ExpressionError(Kind::unsupported, message, place.begin, place.end, help);
  };
  const bool lists = name == "listagg" || name == "string_agg";
  const bool mode = name == "mode";
  if (!lists && !mode && name != "percentile_cont" && name != "percentile_disc")
    fail("`" + name + "` takes no WITHIN GROUP",
         "listagg, percentile_cont, percentile_disc and mode do");
  const auto& orders = node["agg_order"];
  if (orders.size() != 1) fail("WITHIN GROUP takes one order", "order by one expression");
  const auto& sort = orders[0]["SortBy"];
  const bool falling = sort["sortby_dir"] == "SORTBY_DESC";
  if (sort["sortby_nulls"] != "SORTBY_NULLS_DEFAULT")
    fail("NULLS FIRST and NULLS LAST are not supported", "nulls come first where the order rises");
  if (falling && mode) fail("the order of `mode` must rise", "leave out DESC");
  auto order = read(sort["node"]);
  const auto is_falling = literal({order->begin, order->end}, TypeId::boolean);
  is_falling->value = falling;
  if (lists && arguments.size() == 1)
    arguments.push_back(literal({arguments[0]->end, arguments[0]->end}, TypeId::null));
  arguments.insert(lists ? arguments.end() : arguments.begin(), std::move(order));
  if (lists || falling) arguments.push_back(is_falling);
}

void TreeReader::check_aggregate(const Json& node, const std::string& name, bool allowed,
                                 Place place) const {
  if (node.contains("over"))
    throw ExpressionError(Kind::unsupported, "OVER is not supported", place.begin, place.end,
                          "group with a window transform");
  if (node.contains("agg_order") && !(allowed && node.contains("agg_within_group")))
    throw ExpressionError(Kind::unsupported, "ORDER BY inside a call is not supported", place.begin,
                          place.end,
                          "min_by and max_by choose by the order of another column; listagg takes "
                          "WITHIN GROUP (ORDER BY ...)");
  if (!allowed &&
      (node.contains("agg_star") || node.contains("agg_distinct") || node.contains("agg_filter")))
    throw ExpressionError(
        Kind::aggregate, "the aggregate `" + name + "` cannot be used here", place.begin, place.end,
        "aggregates belong under `aggregates` of a window or aggregate transform, "
        "one call each");
}

}  // namespace millrace

#include <algorithm>
#include <charconv>

#include "millrace/decimal.hpp"

#include "core/expression/literal_text.hpp"
#include "core/expression/tree_reader.hpp"
#include "core/expression/types.hpp"

namespace millrace {

AstPointer TreeReader::constant(const Json& node) {
  Place place = place_of(node);
  if (text_.compare(place.begin, 1, "-") == 0) {
    place.end = end_of_next_number(place.begin);
    balance(tokens_, place.begin, place.end);
  }
  if (node.contains("boolval")) {
    auto made = literal(place, TypeId::boolean);
    made->value = node["boolval"].value("boolval", false);
    return made;
  }
  if (node.contains("ival")) return integer(node["ival"], place);
  if (node.contains("fval")) return number(node["fval"]["fval"].get<std::string>(), place);
  if (node.contains("sval")) {
    auto made = literal(place, TypeId::string);
    const auto value = node["sval"].value("sval", std::string());
    made->value = is_plain_string(place.begin) ? unescape(value) : value;
    return made;
  }
  if (node.contains("bsval"))
    throw ExpressionError(Kind::unsupported, "bit strings are not supported", place.begin,
                          place.end, "bytes are written unhex('1F')");
  return literal(place, TypeId::null);
}

size_t TreeReader::next_number(size_t from) const {
  size_t at = token_at(tokens_, from);
  while (at < tokens_.size() && tokens_[at].kind != Token::Kind::number) ++at;
  return at;
}

size_t TreeReader::end_of_next_number(size_t from) const {
  const size_t at = next_number(from);
  return at < tokens_.size() ? tokens_[at].end : text_.size();
}

AstPointer TreeReader::integer(const Json& node, Place place) {
  if (node.contains("ival")) return number(std::to_string(node["ival"].get<int64_t>()), place);
  const size_t at = next_number(place.begin);
  if (at == tokens_.size()) return number("0", place);
  const auto& token = tokens_[at];
  const auto digits = text_.substr(token.begin, token.end - token.begin);
  return number(text_[place.begin] == '-' ? "-" + digits : digits, place);
}

AstPointer TreeReader::number(const std::string& digits, Place place) {
  int64_t whole = 0;
  const char* end = digits.data() + digits.size();
  const char* begin = digits.data() + (digits[0] == '+' ? 1 : 0);
  if (const auto [stop, error] = std::from_chars(begin, end, whole);
      error == std::errc{} && stop == end) {
    const bool fits = whole >= INT32_MIN && whole <= INT32_MAX;
    auto made = literal(place, fits ? TypeId::int32 : TypeId::int64);
    made->value = whole;
    return made;
  }
  if (digits.find_first_of("eE") == std::string::npos) return decimal(digits, place);
  double value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc{} || stop != end)
    throw ExpressionError(Kind::type, "the number " + digits + " does not fit any type",
                          place.begin, place.end, "the largest double is about 1.8e308");
  auto made = literal(place, TypeId::float64);
  made->value = value;
  return made;
}

AstPointer TreeReader::decimal(const std::string& digits, Place place) {
  const size_t point = digits.find('.');
  const auto scale = static_cast<int>(point == std::string::npos ? 0 : digits.size() - point - 1);
  int precision = 0;
  for (const char c : digits)
    if (c >= '0' && c <= '9' && (precision > 0 || c != '0')) ++precision;
  precision = std::max({precision, scale, 1});
  if (precision > decimal_digits_max)
    throw ExpressionError(Kind::type,
                          "the number " + digits + " has more than the 38 digits of a decimal",
                          place.begin, place.end, "write it with an exponent for a double: 1e40");
  auto made = literal(place, decimal_of(precision, scale));
  made->value = digits;
  return made;
}

bool TreeReader::is_plain_string(size_t begin) const {
  return begin >= text_.size() ||
         (text_[begin] != 'e' && text_[begin] != 'E' && text_[begin] != '$');
}

AstPointer TreeReader::cast(const Json& node) {
  const auto& type_name = node["typeName"];
  const Place type_place =
      type_name.contains("typmods") ? place_of_call(type_name) : place_of(type_name);
  auto argument = read(node["arg"]);
  const bool typed_literal = node.value("location", 0) < 0;
  if (typed_literal) return literal_of_type(type_name, argument, type_place);
  Type type = read_type(type_name);
  Place place{begin_of(node), type_place.end};
  const auto first = lower(text_.substr(place.begin, 4));
  if (first == "cast") place = place_of_call(node);
  return call("cast", {argument}, place, std::move(type));
}

AstPointer TreeReader::literal_of_type(const Json& type_name, const AstPointer& argument,
                                       Place place) {
  place.end = argument->end;
  const auto* text = std::get_if<std::string>(&argument->value);
  const auto name = type_name["names"].back()["String"]["sval"].get<std::string>();
  if (name != "interval" || text == nullptr)
    return call("literal", {argument}, place, read_type(type_name));
  auto spelled = *text;
  if (type_name.contains("typmods")) spelled += field_of(type_name["typmods"], place);
  const auto interval = parse_interval(spelled);
  if (!interval)
    throw ExpressionError(
        Kind::type, "the interval '" + spelled + "' cannot be understood", argument->begin,
        argument->end,
        "intervals are written '10 seconds' or '1 hour 30 minutes'; units go from "
        "microseconds to years");
  auto made = literal(place, TypeId::duration);
  made->value = *interval;
  return made;
}

std::string TreeReader::field_of(const Json& typmods, Place place) {
  const auto mask = typmods[0]["A_Const"]["ival"].value("ival", 0);
  switch (mask) {
    case 1 << 1:
      return " months";
    case 1 << 2:
      return " years";
    case 1 << 3:
      return " days";
    case 1 << 10:
      return " hours";
    case 1 << 11:
      return " minutes";
    case 1 << 12:
      return " seconds";
    default:
      throw ExpressionError(Kind::unsupported, "intervals of this form are not supported",
                            place.begin, place.end, "write interval '1 day 2 hours'");
  }
}

Type TreeReader::decimal_type(const Json& typmods, Place place) {
  std::vector<int> digits;
  for (const auto& modifier : typmods) {
    const auto& constant = modifier["A_Const"];
    // libpg_query leaves a 0 out.
    digits.push_back(constant.contains("ival") ? constant["ival"].value("ival", 0) : -1);
  }
  const int scale = digits.size() > 1 ? digits[1] : 0;
  const auto problem = digits.size() > 2 ? "a decimal has a precision and a scale, and no more"
                                         : decimal_problem(digits[0], scale);
  if (!problem.empty())
    throw ExpressionError(Kind::unknown_type, problem, place.begin, place.end, decimal_help());
  return decimal_of(digits[0], scale);
}

Type TreeReader::read_type(const Json& node) const {
  const bool sized = node.contains("typmods");
  const Place place = sized ? place_of_call(node) : place_of(node);
  auto name = node["names"].back()["String"]["sval"].get<std::string>();
  static const std::vector<std::pair<std::string, std::string>> spelled{
      {"int4", "int"},        {"int8", "long"},    {"float4", "float"},
      {"float8", "double"},   {"bool", "boolean"}, {"timestamptz", "timestamp"},
      {"numeric", "decimal"}, {"bpchar", "string"}};
  for (const auto& [postgres, ours] : spelled)
    if (name == postgres) name = ours;
  // PostgreSQL's FLOAT is a double, Spark's is not.
  if (lower(text_.substr(place.begin, place.end - place.begin)) == "float") name = "float";
  if (sized && name != "decimal")
    throw ExpressionError(Kind::unknown_type, "a type with a size or precision is not supported",
                          place.begin, place.end, "write `" + name + "` alone");
  try {
    Type type = sized ? decimal_type(node["typmods"], place) : parse_type(name);
    if (node.contains("arrayBounds"))
      for (size_t i = 0; i < node["arrayBounds"].size(); ++i) type = list_of(std::move(type));
    return type;
  } catch (const ExpressionError& error) {
    throw ExpressionError(error.kind, error.message, place.begin, place.end, error.help);
  }
}

AstPointer TreeReader::try_cast(const Nodes& arguments, Place place) const {
  const auto* name =
      arguments.size() == 2 ? std::get_if<std::string>(&arguments[1]->value) : nullptr;
  if (name == nullptr || arguments[1]->kind != AstNode::Kind::literal)
    throw ExpressionError(Kind::type, "try_cast takes a value and the name of a type", place.begin,
                          place.end, "write try_cast(x, 'int')");
  try {
    return call("try_cast", {arguments[0]}, place, parse_type(*name));
  } catch (const ExpressionError& error) {
    throw ExpressionError(error.kind, error.message, arguments[1]->begin, arguments[1]->end,
                          error.help);
  }
}

}  // namespace millrace

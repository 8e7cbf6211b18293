#include "core/plan/join_condition.hpp"

#include <algorithm>

#include "core/expression/coercion.hpp"
#include "core/expression/tokens.hpp"
#include "core/plan/join_names.hpp"
#include "core/plan/time_bound.hpp"

namespace millrace {
namespace {

using Kind = ExpressionError::Kind;

AstPointer make_call(std::string function, std::vector<AstPointer> arguments, const AstNode& place,
                     Type type = {}) {
  auto node = std::make_shared<AstNode>();
  node->kind = AstNode::Kind::call;
  node->function = std::move(function);
  node->arguments = std::move(arguments);
  node->type = std::move(type);
  node->begin = place.begin;
  node->end = place.end;
  return node;
}

// A NULL in any argument makes these something else than NULL, at least sometimes.
bool takes_nulls(const std::string& function) {
  static const std::set<std::string> names{
      "and",       "or",       "case",   "coalesce",  "ifnull", "nvl",     "nvl2",        "if",
      "iff",       "in",       "isnull", "isnotnull", "<=>",    "is true", "is false",    "nullif",
      "concat_ws", "greatest", "least",  "nanvl",     "array",  "struct",  "named_struct"};
  return names.contains(function);
}

class Parts {
 public:
  Parts(const std::array<JoinSide, 2>& sides, std::shared_ptr<const std::string> text,
        const Options& meaning)
      : sides_(sides), text_(std::move(text)), meaning_(meaning), names_(sides) {}

  void add(const AstPointer& written) {
    const auto resolved = names_.resolve(written);
    note_columns(*resolved);
    if (const auto bound = time_bound(*resolved, sides_)) parts_.bounds.push_back(*bound);
    note_never_null(*resolved);
    if (is_key(*resolved)) return add_key(*resolved);
    const auto side = names_.only_side(*resolved);
    if (side)
      parts_.own[*side].push_back(ast(names_.of_one_side(resolved)));
    else
      both_.push_back(resolved);
  }

  JoinParts finish() {
    std::set<std::string> read;
    for (const auto& condition : both_) names_.collect(*condition, read);
    int32_t position = 0;
    for (size_t side = 0; side < 2; ++side)
      for (const auto& field : sides_[side].schema->fields) {
        const auto name = JoinNames::qualified(side, field.name);
        if (read.contains(name)) {
          parts_.both_schema.fields.push_back({name, field.type});
          parts_.both_columns.push_back(position);
        }
        ++position;
      }
    for (const auto& condition : both_) {
      parts_.both.push_back(ast(condition));
      bind_condition(parts_.both.back(), parts_.both_schema, meaning_);
    }
    for (size_t side = 0; side < 2; ++side)
      for (const auto& condition : parts_.own[side])
        bind_condition(condition, *sides_[side].schema, meaning_);
    return std::move(parts_);
  }

 private:
  Ast ast(AstPointer node) const { return {std::move(node), text_}; }

  bool is_key(const AstNode& node) const {
    if (node.kind != AstNode::Kind::call || (node.function != "=" && node.function != "<=>"))
      return false;
    const auto left = names_.only_side(*node.arguments[0]);
    const auto right = names_.only_side(*node.arguments[1]);
    return left && right && *left != *right;
  }

  void add_key(const AstNode& equality) {
    JoinParts::Key key;
    key.null_safe = equality.function == "<=>";
    std::array<Type, 2> types;
    for (const auto& argument : equality.arguments) {
      const auto side = *names_.only_side(*argument);
      key.side[side] = ast(names_.of_one_side(argument));
      types[side] = bind(key.side[side], *sides_[side].schema, meaning_)->type();
    }
    const auto common = common_type(types[0], types[1], meaning_.ansi);
    if (!common)
      throw ExpressionError(
          Kind::type, with_article(types[0]) + " cannot be compared with " + with_article(types[1]),
          equality.begin, equality.end, "cast one of them");
    for (size_t side = 0; side < 2; ++side)
      if (!(types[side] == *common))
        key.side[side] =
            ast(make_call("cast", {key.side[side].pointer()}, key.side[side].root(), *common));
    parts_.keys.push_back(std::move(key));
  }

  void note_columns(const AstNode& node) {
    if (node.kind == AstNode::Kind::column) {
      const auto [side, column] = names_.find(node);
      parts_.columns[side].insert(column);
    }
    for (const auto& argument : node.arguments) note_columns(*argument);
  }

  void note_never_null(const AstNode& node) {
    if (node.kind == AstNode::Kind::column) {
      const auto [side, column] = names_.find(node);
      parts_.never_null[side].insert(column);
    }
    if (node.kind == AstNode::Kind::call && takes_nulls(node.function)) return;
    for (const auto& argument : node.arguments) note_never_null(*argument);
  }

  const std::array<JoinSide, 2>& sides_;
  std::shared_ptr<const std::string> text_;
  const Options& meaning_;
  JoinNames names_;
  JoinParts parts_;
  std::vector<AstPointer> both_;
};

}  // namespace

JoinParts take_apart(std::string_view text, const std::array<JoinSide, 2>& sides,
                     const Options& meaning) {
  const auto parsed = parse_join(text);
  Parts parts(sides, parsed.shared_source(), meaning);
  for (const auto& part : conjuncts(parsed)) parts.add(part.pointer());
  return parts.finish();
}

Ast conjunction(const std::vector<Ast>& conditions) {
  if (conditions.size() < 2) return conditions.empty() ? Ast() : conditions[0];
  std::vector<AstPointer> all;
  all.reserve(conditions.size());
  for (const auto& condition : conditions) all.push_back(condition.pointer());
  AstNode place;
  place.begin = all.front()->begin;
  place.end = std::max(all.front()->end, all.back()->end);
  return {make_call("and", std::move(all), place), conditions[0].shared_source()};
}

}  // namespace millrace

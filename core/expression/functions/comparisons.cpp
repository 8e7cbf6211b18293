#include "millrace/decimal.hpp"

#include "core/expression/coercion.hpp"
#include "core/expression/comparison.hpp"
#include "core/expression/functions/operator_parts.hpp"

namespace millrace {

namespace {

/// Both sides of a comparison: a string is read as what it is compared with.
void unify_compared(Binding& binding) {
  expect_arguments(binding, 2);
  for (size_t i = 0; i < 2; ++i) {
    const auto& other = binding.arguments[1 - i]->type();
    const bool text = binding.arguments[i]->type().id == TypeId::string;
    if (!text || other.id == TypeId::string || other.id == TypeId::null || other.is_nested())
      continue;
    const auto common = common_type(TypeId::string, other, true);
    if (common) binding.arguments[i] = binding.converted(i, *common);
  }
  const auto& left = binding.arguments[0]->type();
  const auto& right = binding.arguments[1]->type();
  if (left.id == TypeId::null && right.id == TypeId::null) {
    for (size_t i = 0; i < 2; ++i) binding.arguments[i] = binding.converted(i, TypeId::boolean);
    return;
  }
  if (!common_type(left, right, binding.session->ansi))
    binding.fail(
        "`" + binding.name() + "` compares " + with_article(left) + " with " + with_article(right),
        "cast one of them");
  binding.unify(0);
}

/// A whole number that is compared with a literal decimal is compared with the whole number next to
/// it: `n > 1.5` is `n > 1`, without a decimal for each row. Spark does the same.
void round_compared_literal(Binding& binding, Comparison comparison) {
  const bool is_less = comparison == Comparison::less || comparison == Comparison::less_equal;
  const bool is_greater =
      comparison == Comparison::greater || comparison == Comparison::greater_equal;
  if ((!is_less && !is_greater) || binding.arguments.size() != 2) return;
  for (size_t side = 0; side < 2; ++side) {
    const Type& literal = binding.arguments[side]->type();
    const Type& whole = binding.arguments[1 - side]->type();
    const auto* constant = as_constant(*binding.arguments[side]);
    if (!literal.is_decimal() || !whole.is_integer() || constant == nullptr || constant->is_null())
      continue;
    const bool strict = comparison == Comparison::less || comparison == Comparison::greater;
    // n < 1.5 and n >= 1.5 go up; with the literal on the left, 1.5 > n and 1.5 <= n.
    const bool up = (is_less == strict) == (side == 1);
    const Int128 unit = power_of_ten(literal.scale);
    const Int128 value = constant->value().decimal(0);
    Int128 next = value / unit;
    if (up && value % unit > 0) ++next;
    if (!up && value % unit < 0) --next;
    const bool is_int = whole.id == TypeId::int32 && next == static_cast<int32_t>(next);
    if (next != static_cast<int64_t>(next)) continue;
    ColumnBuilder builder(is_int ? TypeId::int32 : TypeId::int64);
    if (is_int)
      builder.append(static_cast<int32_t>(next));
    else
      builder.append(static_cast<int64_t>(next));
    binding.arguments[side] = std::make_shared<ConstantNode>(builder.finish());
  }
}

NodePtr compare(Binding& binding, Comparison comparison) {
  round_compared_literal(binding, comparison);
  unify_compared(binding);
  auto node = make_comparison(comparison, binding.arguments[0], binding.arguments[1]);
  if (node == nullptr)
    binding.fail(
        "values of type " + to_string(binding.arguments[0]->type()) + " cannot be compared",
        "compare their parts");
  return node;
}

Function comparison(std::vector<std::string> names, Comparison kind, const char* help,
                    std::vector<Example> examples) {
  return {.names = names,
          .family = Family::operators,
          .usage = "a " + names[0] + " b",
          .help = help,
          .examples = std::move(examples),
          .overloads = {},
          .bind = [kind](Binding& binding) { return compare(binding, kind); }};
}

}  // namespace

void add_comparisons(FunctionList& list) {
  list.push_back(comparison({"="}, Comparison::equal, "Equal; null where a side is null.",
                            {{"1 = 1.0", "true"}, {"'5' = 5", "true"}, {"NULL = NULL", "null"}}));
  list.push_back(comparison({"<>", "!="}, Comparison::unequal, "Not equal.", {{"1 <> 2", "true"}}));
  list.push_back(comparison({"<"}, Comparison::less, "Less; NaN is larger than every number.",
                            {{"'a' < 'b'", "true"}}));
  list.push_back(
      comparison({"<="}, Comparison::less_equal, "Less or equal.", {{"2 <= 2", "true"}}));
  list.push_back(comparison({">"}, Comparison::greater, "Greater.",
                            {{"timestamp '2024-01-02' > '2024-01-01'", "true"}}));
  list.push_back(comparison({">="}, Comparison::greater_equal, "Greater or equal; BETWEEN uses it.",
                            {{"5 BETWEEN 1 AND 5", "true"}}));
  list.push_back(comparison({"<=>", "equal_null"}, Comparison::same,
                            "Equal, or both null; also written IS NOT DISTINCT FROM.",
                            {{"NULL <=> NULL", "true"}, {"1 IS DISTINCT FROM NULL", "true"}}));
}

}  // namespace millrace

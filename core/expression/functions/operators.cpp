#include "core/expression/arithmetic_node.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/decimal_arithmetic.hpp"
#include "core/expression/decimal_types.hpp"
#include "core/expression/function.hpp"
#include "core/expression/functions/operator_parts.hpp"
#include "core/expression/functions/time_arithmetic.hpp"
#include "core/expression/logic.hpp"

namespace millrace {

namespace {

OnFailure failure_of(const Binding& binding, bool tried) {
  return tried || !binding.session->ansi ? OnFailure::null : OnFailure::raise;
}

/// Converts both sides to their common number type. Strings take part as numbers.
void unify_numbers(Binding& binding) {
  expect_arguments(binding, 2);
  for (size_t i = 0; i < 2; ++i) {
    const auto& type = binding.arguments[i]->type();
    const auto& other = binding.arguments[1 - i]->type();
    if (type.id == TypeId::string)
      binding.arguments[i] = binding.converted(
          i, binding.session->ansi && other.is_integer() ? TypeId::int64 : TypeId::float64);
    else if (!type.is_numeric() && type.id != TypeId::null)
      binding.fail_at(i, "`" + binding.name() + "` takes numbers, not " + to_string(type),
                      "cast it to a number");
  }
  const auto& left = binding.arguments[0]->type();
  const auto& right = binding.arguments[1]->type();
  if (left.id == TypeId::null && right.id == TypeId::null)
    for (size_t i = 0; i < 2; ++i) binding.arguments[i] = binding.converted(i, TypeId::float64);
  binding.unify(0);
}

/// Brings both sides to decimals where one of them is and the other is whole; false where not. A
/// literal int takes no more digits than it has.
bool unify_decimals(Binding& binding) {
  expect_arguments(binding, 2);
  const Type types[2] = {binding.arguments[0]->type(), binding.arguments[1]->type()};
  if (!types[0].is_decimal() && !types[1].is_decimal()) return false;
  for (size_t i = 0; i < 2; ++i) {
    if (types[i].is_decimal()) continue;
    if (types[i].id == TypeId::null) {
      binding.arguments[i] = binding.converted(i, types[1 - i]);
      continue;
    }
    if (!types[i].is_integer()) return false;
    const auto& ast = *binding.ast.arguments[i];
    const bool literal = ast.kind == AstNode::Kind::literal;
    binding.arguments[i] = binding.converted(
        i, literal ? narrowest_decimal(std::get<int64_t>(ast.value)) : as_decimal(types[i]));
  }
  return true;
}

NodePtr decimal_arithmetic(const Binding& binding, DecimalOperation operation, bool tried) {
  return make_decimal_arithmetic(operation, binding.arguments[0], binding.arguments[1],
                                 failure_of(binding, tried));
}

template <class Step>
constexpr DecimalOperation operation_of() {
  if constexpr (std::is_same_v<Step, Add>)
    return DecimalOperation::add;
  else if constexpr (std::is_same_v<Step, Subtract>)
    return DecimalOperation::subtract;
  else if constexpr (std::is_same_v<Step, Multiply>)
    return DecimalOperation::multiply;
  else if constexpr (std::is_same_v<Step, Remainder>)
    return DecimalOperation::remainder;
  else
    return DecimalOperation::positive;
}

template <class Step>
NodePtr add_like(Binding& binding, bool tried) {
  if (unify_decimals(binding)) return decimal_arithmetic(binding, operation_of<Step>(), tried);
  unify_numbers(binding);
  const auto& left = binding.arguments[0];
  const auto& right = binding.arguments[1];
  if (tried) return make_arithmetic<Step>(left, right, OnFailure::null);
  if (binding.session->ansi) return make_arithmetic<Step>(left, right, OnFailure::raise);
  return make_arithmetic<Wrapping<Step>>(left, right, OnFailure::null);
}

template <class Step>
NodePtr add_or_time(Binding& binding, bool tried) {
  expect_arguments(binding, 2);
  if (auto time = bind_time_arithmetic(binding, std::is_same_v<Step, Add>)) return time;
  return add_like<Step>(binding, tried);
}

NodePtr multiply(Binding& binding, bool tried) {
  expect_arguments(binding, 2);
  // interval * number
  for (size_t i = 0; i < 2; ++i) {
    if (binding.arguments[i]->type().id != TypeId::duration) continue;
    return make_row(
        [](Duration interval, double factor) -> Duration {
          const double product = static_cast<double>(interval.microseconds) * factor;
          if (!(std::abs(product) < 0x1p63)) throw RowError{"the interval is too long"};
          return {std::llround(product)};
        },
        binding, {binding.arguments[i], binding.converted(1 - i, TypeId::float64)});
  }
  return add_like<Multiply>(binding, tried);
}

NodePtr divide(Binding& binding, bool tried) {
  expect_arguments(binding, 2);
  if (unify_decimals(binding)) return decimal_arithmetic(binding, DecimalOperation::divide, tried);
  for (size_t i = 0; i < 2; ++i) {
    const auto& type = binding.arguments[i]->type();
    if (!type.is_numeric() && type.id != TypeId::null && type.id != TypeId::string)
      binding.fail_at(i, "`/` takes numbers, not " + to_string(type), "cast it to a number");
    binding.arguments[i] = binding.converted(i, TypeId::float64);
  }
  return make_arithmetic<Divide>(binding.arguments[0], binding.arguments[1],
                                 failure_of(binding, tried));
}

NodePtr divide_whole(Binding& binding) {
  expect_arguments(binding, 2);
  if (unify_decimals(binding))
    return decimal_arithmetic(binding, DecimalOperation::divide_whole, false);
  for (size_t i = 0; i < 2; ++i) binding.arguments[i] = binding.converted(i, TypeId::int64);
  const auto& left = binding.arguments[0];
  const auto& right = binding.arguments[1];
  return binding.session->ansi ? make_arithmetic<Divide>(left, right, OnFailure::raise)
                               : make_arithmetic<WrappingDivide>(left, right, OnFailure::null);
}

template <class Step>
NodePtr remainder(Binding& binding, bool tried) {
  if (unify_decimals(binding)) return decimal_arithmetic(binding, operation_of<Step>(), tried);
  unify_numbers(binding);
  return make_arithmetic<Step>(binding.arguments[0], binding.arguments[1],
                               failure_of(binding, tried));
}

/// 0 - x would lose the sign of zero: -1 * x keeps it.
NodePtr negate(Binding& binding) {
  expect_arguments(binding, 1);
  const auto* constant = as_constant(*binding.arguments[0]);
  if (constant != nullptr && constant->interval()) {
    const Interval negated{-constant->interval()->months, -constant->interval()->microseconds};
    ColumnBuilder builder(TypeId::duration);
    builder.append(negated.microseconds);
    return std::make_shared<ConstantNode>(builder.finish(), negated);
  }
  Type type = binding.arguments[0]->type();
  if (type.id == TypeId::string || type.id == TypeId::null) type = TypeId::float64;
  if (!type.is_numeric() && type.id != TypeId::duration)
    binding.fail_at(0, "`-` takes a number, not " + to_string(type));
  if (type.is_decimal())
    return make_row(
        [](Int128 x) noexcept -> Int128 { return static_cast<Int128>(-static_cast<UInt128>(x)); },
        binding, {binding.arguments[0]}, type);
  ColumnBuilder builder(type.is_numeric() ? type : Type(TypeId::int64));
  switch (type.id) {
    case TypeId::int32:
      builder.append(int32_t{-1});
      break;
    case TypeId::float32:
      builder.append(-1.0F);
      break;
    case TypeId::float64:
      builder.append(-1.0);
      break;
    default:
      builder.append(int64_t{-1});
  }
  const auto minus_one = std::make_shared<ConstantNode>(builder.finish());
  const auto value = binding.converted(0, type);
  return binding.session->ansi
             ? make_arithmetic<Multiply>(value, minus_one, OnFailure::raise)
             : make_arithmetic<Wrapping<Multiply>>(value, minus_one, OnFailure::null);
}

void convert_conditions(Binding& binding) {
  for (size_t i = 0; i < binding.arguments.size(); ++i) {
    const auto& type = binding.arguments[i]->type();
    if (type.id != TypeId::boolean && type.id != TypeId::null && type.id != TypeId::string)
      binding.fail_at(i, "a condition must be boolean, this is " + to_string(type),
                      "compare it with something");
    binding.arguments[i] = binding.converted(i, TypeId::boolean);
  }
}

Function logical(std::string name, std::string usage, const char* help,
                 std::vector<Example> examples, NodePtr (*make)(std::vector<NodePtr>)) {
  return {.names = {std::move(name)},
          .family = Family::operators,
          .usage = std::move(usage),
          .help = help,
          .examples = std::move(examples),
          .overloads = {},
          .bind = [make](Binding& binding) {
            convert_conditions(binding);
            return make(binding.arguments);
          }};
}

Function test(std::vector<std::string> names, std::string usage, const char* help,
              std::vector<Example> examples, Test asked) {
  return {.names = std::move(names),
          .family = Family::operators,
          .usage = std::move(usage),
          .help = help,
          .examples = std::move(examples),
          .overloads = {},
          .bind = [asked](Binding& binding) {
            expect_arguments(binding, 1);
            if (asked == Test::true_value || asked == Test::false_value)
              convert_conditions(binding);
            return make_test(asked, binding.arguments[0]);
          }};
}

Function arithmetic(std::string name, std::string usage, const char* help,
                    std::vector<Example> examples, std::function<NodePtr(Binding&)> bind) {
  return {.names = {std::move(name)},
          .family = Family::operators,
          .usage = std::move(usage),
          .help = help,
          .examples = std::move(examples),
          .overloads = {},
          .bind = std::move(bind)};
}

template <class Combine>
Function bitwise(std::string name, const char* help, Example example, Combine combine) {
  return {.names = {name},
          .family = Family::operators,
          .usage = "a " + name + " b",
          .help = help,
          .examples = {std::move(example)},
          .overloads = {
              row([combine](int32_t a, int32_t b) noexcept -> int32_t { return combine(a, b); }),
              row([combine](int64_t a, int64_t b) noexcept -> int64_t { return combine(a, b); })}};
}

void add_arithmetic(FunctionList& list) {
  list.push_back(
      arithmetic("+", "a + b", "The sum; moves a date or timestamp by an interval, a date by days.",
                 {{"1 + 2", "3"},
                  {"timestamp '2024-01-31 10:00:00' + interval '1 month'", "2024-02-29 10:00:00"}},
                 [](Binding& b) { return add_or_time<Add>(b, false); }));
  list.push_back(
      arithmetic("-", "a - b", "The difference; between two timestamps it is an interval.",
                 {{"1 - 2.5", "-1.5"}, {"date '2024-03-01' - date '2024-02-28'", "2 days"}},
                 [](Binding& b) { return add_or_time<Subtract>(b, false); }));
  list.push_back(arithmetic("*", "a * b", "The product.",
                            {{"3 * 4", "12"}, {"interval '5 seconds' * 3", "15 seconds"}},
                            [](Binding& b) { return multiply(b, false); }));
  list.push_back(arithmetic("/", "a / b",
                            "The quotient: a decimal of decimals, otherwise a double.",
                            {{"3 / 2", "1.5"}}, [](Binding& b) { return divide(b, false); }));
  list.push_back(arithmetic("%", "a % b", "The remainder, with the sign of `a`.",
                            {{"-7 % 3", "-1"}},
                            [](Binding& b) { return remainder<Remainder>(b, false); }));
  list.back().names.emplace_back("mod");
  list.push_back(arithmetic("try_mod", "try_mod(a, b)", "The remainder, or null where `b` is 0.",
                            {{"try_mod(7, 0)", "null"}},
                            [](Binding& b) { return remainder<Remainder>(b, true); }));
  list.push_back(arithmetic("positive", "positive(a)", "The number itself.", {{"positive(3)", "3"}},
                            [](Binding& b) {
                              expect_arguments(b, 1);
                              return b.arguments[0];
                            }));
  list.push_back(arithmetic("negative", "-a", "The opposite number.", {{"-(3)", "-3"}}, negate));
  list.push_back(arithmetic("div", "div(a, b)", "The quotient as a long, without its fraction.",
                            {{"div(-7, 2)", "-3"}}, divide_whole));
  list.push_back(arithmetic("pmod", "pmod(a, b)", "The remainder that is not negative.",
                            {{"pmod(-7, 3)", "2"}},
                            [](Binding& b) { return remainder<PositiveRemainder>(b, false); }));
  list.push_back(arithmetic("try_add", "try_add(a, b)", "The sum, or null where it does not fit.",
                            {{"try_add(2147483647, 1)", "null"}},
                            [](Binding& b) { return add_or_time<Add>(b, true); }));
  list.push_back(arithmetic("try_subtract", "try_subtract(a, b)",
                            "The difference, or null where it does not fit.",
                            {{"try_subtract(-2147483648, 1)", "null"}},
                            [](Binding& b) { return add_or_time<Subtract>(b, true); }));
  list.push_back(arithmetic(
      "try_multiply", "try_multiply(a, b)", "The product, or null where it does not fit.",
      {{"try_multiply(2147483647, 2)", "null"}}, [](Binding& b) { return multiply(b, true); }));
  list.push_back(arithmetic("try_divide", "try_divide(a, b)",
                            "The quotient, or null where `b` is 0.", {{"try_divide(1, 0)", "null"}},
                            [](Binding& b) { return divide(b, true); }));
}

}  // namespace

void add_operators(FunctionList& list) {
  add_arithmetic(list);
  add_comparisons(list);
  list.push_back(logical("and", "a AND b", "True where both are; false where one is false.",
                         {{"NULL AND false", "false"}, {"NULL AND true", "null"}}, make_and));
  list.push_back(logical("or", "a OR b", "True where one is true.",
                         {{"NULL OR true", "true"}, {"NULL OR false", "null"}}, make_or));
  list.push_back(logical("not", "NOT a", "The opposite; null stays null.",
                         {{"NOT (1 = 2)", "true"}},
                         [](std::vector<NodePtr> arguments) { return make_not(arguments.at(0)); }));
  list.push_back(test({"isnull"}, "a IS NULL", "Whether a value is null.",
                      {{"NULL IS NULL", "true"}}, Test::null));
  list.push_back(test({"isnotnull"}, "a IS NOT NULL", "Whether a value is not null.",
                      {{"isnotnull(1)", "true"}}, Test::not_null));
  list.push_back(test({"is true"}, "a IS TRUE", "True where the condition is true, never null.",
                      {{"(NULL > 1) IS TRUE", "false"}, {"(NULL > 1) IS NOT TRUE", "true"}},
                      Test::true_value));
  list.push_back(test({"is false"}, "a IS FALSE", "True where the condition is false, never null.",
                      {{"(1 > 2) IS FALSE", "true"}}, Test::false_value));
  list.push_back(bitwise("&", "Bits that both have.", {"6 & 3", "2"},
                         [](auto a, auto b) noexcept { return a & b; }));
  list.push_back(bitwise("|", "Bits that one of them has.", {"6 | 3", "7"},
                         [](auto a, auto b) noexcept { return a | b; }));
  list.push_back(bitwise("^", "Bits that only one of them has.", {"6 ^ 3", "5"},
                         [](auto a, auto b) noexcept { return a ^ b; }));
}

}  // namespace millrace

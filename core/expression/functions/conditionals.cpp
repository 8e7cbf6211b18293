#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>

#include "core/expression/choice.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/comparison.hpp"
#include "core/expression/function.hpp"
#include "core/expression/logic.hpp"

namespace millrace {

namespace {

void expect_at_least(const Binding& binding, size_t count) {
  if (binding.arguments.size() < count)
    binding.fail("`" + binding.name() + "` takes at least " + std::to_string(count) +
                 (count == 1 ? " argument" : " arguments"));
}

void convert_condition(Binding& binding, size_t at) {
  const auto& type = binding.arguments[at]->type();
  if (type.id != TypeId::boolean && type.id != TypeId::null)
    binding.fail_at(at, "a condition must be boolean, this is " + to_string(type),
                    "compare it with something");
  binding.arguments[at] = binding.converted(at, TypeId::boolean);
}

/// Conditions stand at even places, values at odd ones, and a last value may follow.
NodePtr bind_case(Binding& binding) {
  const size_t pairs = binding.arguments.size() / 2;
  for (size_t i = 0; i < pairs; ++i) convert_condition(binding, i * 2);
  // Common type of the values: they are gathered, unified, and put back.
  Type common;
  const auto for_values = [&](const auto& visit) {
    for (size_t i = 0; i < pairs; ++i) visit(i * 2 + 1);
    if (binding.arguments.size() % 2 == 1) visit(binding.arguments.size() - 1);
  };
  for_values([&](size_t at) {
    const auto& type = binding.arguments[at]->type();
    const auto both = common_type(common, type, binding.session->ansi);
    if (!both)
      binding.fail_at(
          at, "this value is " + with_article(type) + ", the ones before are " + to_string(common),
          "cast one of them");
    common = *both;
  });
  for_values([&](size_t at) { binding.arguments[at] = binding.converted(at, common); });
  return make_case(common, binding.arguments);
}

NodePtr bind_coalesce(Binding& binding) {
  expect_at_least(binding, 1);
  const Type type = binding.unify(0);
  return make_coalesce(type, binding.arguments);
}

NodePtr bind_if(Binding& binding) {
  if (binding.arguments.size() != 3) binding.fail("`if` takes a condition and two values");
  return bind_case(binding);
}

/// CASE WHEN a = b THEN NULL ELSE a END.
NodePtr bind_nullif(Binding& binding) {
  if (binding.arguments.size() != 2) binding.fail("`nullif` takes two values");
  const auto value = binding.arguments[0];
  const auto* equals = find_function("=");
  auto equal = equals->bind(binding);
  return make_case(value->type(), {equal, make_null(value->type()), value});
}

NodePtr bind_nvl2(Binding& binding) {
  if (binding.arguments.size() != 3) binding.fail("`nvl2` takes three values");
  binding.arguments[0] = make_test(Test::not_null, binding.arguments[0]);
  return bind_case(binding);
}

/// The number 0 in the type of an argument.
NodePtr zero_like(const Binding& binding, const Type& type) {
  ColumnBuilder builder(TypeId::int32);
  builder.append(int32_t{0});
  if (!type.is_numeric())
    binding.fail_at(0, "`" + binding.name() + "` takes a number, not " + to_string(type));
  return make_cast(std::make_shared<ConstantNode>(builder.finish()), type, CastMode::strict,
                   binding.session);
}

// IN.

/// Membership in a list of constants without nulls in it.
template <class Value, class Stored>
class MemberNode final : public Node {
 public:
  MemberNode(NodePtr value, std::unordered_set<Stored> members, bool null_in_list)
      : Node(TypeId::boolean, {std::move(value)}),
        members_(std::move(members)),
        null_in_list_(null_in_list) {}

 protected:
  Vector compute(const Frame& frame) const override {
    const auto value = arguments()[0]->evaluate(frame);
    const Reader<Value> read(value);
    Bitmap validity = validity_of(value, frame.rows);
    const uint64_t* valid = validity.empty() ? nullptr : validity.data();
    Bitmap bits = test_rows(frame.rows, [&](int64_t row) {
      return (valid == nullptr || bit_at(valid, row)) && members_.contains(Stored(read(row)));
    });
    if (null_in_list_) {
      if (validity.empty()) validity = filled_bitmap(frame.rows, true);
      for (size_t i = 0; i < validity.size(); ++i) validity[i] &= bits[i];
    }
    return {make_boolean_column(frame.rows, std::move(bits), std::move(validity)), false};
  }

 private:
  std::unordered_set<Stored> members_;
  bool null_in_list_;
};

template <class Value, class Stored>
NodePtr make_member(const Binding& binding) {
  std::unordered_set<Stored> members;
  bool null_in_list = false;
  for (size_t i = 1; i < binding.arguments.size(); ++i) {
    const auto* constant = as_constant(*binding.arguments[i]);
    if (constant->is_null())
      null_in_list = true;
    else
      members.insert(Stored(Reader<Value>({constant->value(), true})(0)));
  }
  return std::make_shared<MemberNode<Value, Stored>>(binding.arguments[0], std::move(members),
                                                     null_in_list);
}

NodePtr bind_in(Binding& binding) {
  expect_at_least(binding, 2);
  // `x IN ('1', '2')` with a number x compares numbers, as `x = '1'` does.
  const Type wanted = binding.arguments[0]->type();
  for (size_t i = 1; i < binding.arguments.size(); ++i)
    if (binding.arguments[i]->type().id == TypeId::string && wanted.id != TypeId::string &&
        wanted.id != TypeId::null)
      binding.arguments[i] = binding.converted(i, *common_type(wanted, TypeId::string, true));
  const Type type = binding.unify(0);
  const bool constants =
      std::all_of(binding.arguments.begin() + 1, binding.arguments.end(),
                  [](const NodePtr& item) { return as_constant(*item) != nullptr; });
  if (constants && (type.id == TypeId::int32)) return make_member<int32_t, int32_t>(binding);
  if (constants && (type.id == TypeId::int64)) return make_member<int64_t, int64_t>(binding);
  std::vector<NodePtr> equal;
  for (size_t i = 1; i < binding.arguments.size(); ++i) {
    auto node = make_comparison(Comparison::equal, binding.arguments[0], binding.arguments[i]);
    if (node == nullptr)
      binding.fail_at(0, "values of type " + to_string(type) + " cannot be compared");
    equal.push_back(std::move(node));
  }
  return equal.size() == 1 ? equal[0] : make_or(std::move(equal));
}

// greatest, least.

template <class Value>
bool is_less(Value a, Value b) {
  if constexpr (std::is_floating_point_v<Value>)
    return a < b || (std::isnan(b) && !std::isnan(a));
  else
    return a < b;
}

template <class Value>
NodePtr extreme_of(const Binding& binding, const NodePtr& a, const NodePtr& b, bool greatest) {
  return make_row(
      [greatest](std::optional<Value> left, std::optional<Value> right) -> std::optional<Value> {
        if (!left || !right) return left ? left : right;
        const bool take_left = greatest ? is_less(*right, *left) : is_less(*left, *right);
        return take_left ? left : right;
      },
      binding, {a, b}, a->type());
}

NodePtr text_extreme(const Binding& binding, const NodePtr& a, const NodePtr& b, bool greatest) {
  return make_row(
      [greatest](Text& out, std::optional<std::string_view> left,
                 std::optional<std::string_view> right) -> bool {
        if (!left && !right) return false;
        const bool take_left = left && (!right || (greatest ? *right < *left : *left < *right));
        out.append(take_left ? *left : *right);
        return true;
      },
      binding, {a, b});
}

NodePtr bind_extreme(Binding& binding, bool greatest) {
  expect_at_least(binding, 2);
  const Type type = binding.unify(0);
  NodePtr result = binding.arguments[0];
  for (size_t i = 1; i < binding.arguments.size(); ++i) {
    const auto& next = binding.arguments[i];
    switch (type.id) {
      case TypeId::int32:
        result = extreme_of<int32_t>(binding, result, next, greatest);
        break;
      case TypeId::int64:
        result = extreme_of<int64_t>(binding, result, next, greatest);
        break;
      case TypeId::decimal:
        result = extreme_of<Int128>(binding, result, next, greatest);
        break;
      case TypeId::float32:
        result = extreme_of<float>(binding, result, next, greatest);
        break;
      case TypeId::float64:
        result = extreme_of<double>(binding, result, next, greatest);
        break;
      case TypeId::string:
        result = text_extreme(binding, result, next, greatest);
        break;
      default: {
        auto better = make_comparison(greatest ? Comparison::greater_equal : Comparison::less_equal,
                                      result, next);
        if (better == nullptr) binding.fail("values of type " + to_string(type) + " have no order");
        auto take_left = make_or({make_test(Test::null, next), std::move(better)});
        result = make_case(type, {take_left, make_coalesce(type, {result, next}), next});
      }
    }
  }
  return result;
}

Function special(std::vector<std::string> names, std::string usage, std::string help,
                 std::vector<Example> examples, std::function<NodePtr(Binding&)> bind) {
  return {.names = std::move(names),
          .family = Family::conditional,
          .usage = std::move(usage),
          .help = std::move(help),
          .examples = std::move(examples),
          .overloads = {},
          .bind = std::move(bind)};
}

}  // namespace

void add_conditionals(FunctionList& list) {
  list.push_back(special({"case"}, "CASE WHEN condition THEN value ... ELSE value END",
                         "The value behind the first condition that is true.",
                         {{"CASE WHEN 1 > 2 THEN 'a' WHEN 2 > 1 THEN 'b' END", "'b'"},
                          {"CASE 3 WHEN 1 THEN 'one' ELSE 'many' END", "'many'"}},
                         bind_case));
  list.push_back(special({"if", "iff"}, "if(condition, value, otherwise)",
                         "One of two values; null counts as false.",
                         {{"if(1 < 2, 'y', 'n')", "'y'"}}, bind_if));
  list.push_back(special({"coalesce"}, "coalesce(a, b, ...)", "The first value that is not null.",
                         {{"coalesce(NULL, 1, 2)", "1"}}, bind_coalesce));
  list.push_back(special({"nvl", "ifnull"}, "nvl(a, b)", "`a`, or `b` where `a` is null.",
                         {{"nvl(NULL, 'none')", "'none'"}}, bind_coalesce));
  list.push_back(special({"nvl2"}, "nvl2(a, b, c)", "`b` where `a` is not null, otherwise `c`.",
                         {{"nvl2(NULL, 1, 2)", "2"}}, bind_nvl2));
  list.push_back(special({"nullif"}, "nullif(a, b)", "Null where both are equal, otherwise `a`.",
                         {{"nullif(1, 1)", "null"}, {"nullif('a', 'b')", "'a'"}}, bind_nullif));
  list.push_back(special(
      {"nullifzero"}, "nullifzero(a)", "Null where `a` is 0, otherwise `a`.",
      {{"nullifzero(0)", "null"}}, [](Binding& binding) {
        if (binding.arguments.size() != 1) binding.fail("`nullifzero` takes one number");
        const auto value = binding.arguments[0];
        auto equal = make_comparison(Comparison::equal, value, zero_like(binding, value->type()));
        return make_case(value->type(), {equal, make_null(value->type()), value});
      }));
  list.push_back(special({"zeroifnull"}, "zeroifnull(a)", "0 where `a` is null, otherwise `a`.",
                         {{"zeroifnull(NULL)", "0"}}, [](Binding& binding) {
                           if (binding.arguments.size() != 1)
                             binding.fail("`zeroifnull` takes one number");
                           if (binding.arguments[0]->type().id == TypeId::null)
                             binding.arguments[0] = binding.converted(0, TypeId::int32);
                           const Type type = binding.arguments[0]->type();
                           auto zero = zero_like(binding, type);
                           return make_coalesce(type, {binding.arguments[0], std::move(zero)});
                         }));
  list.push_back(
      special({"in"}, "a IN (b, c, ...)",
              "Whether a value is in a list; null where it is not but the list has a null.",
              {{"2 IN (1, 2)", "true"}, {"3 NOT IN (1, NULL)", "null"}}, bind_in));
  list.push_back(special({"greatest"}, "greatest(a, b, ...)",
                         "The largest value; nulls are skipped, NaN is the largest number.",
                         {{"greatest(1, 3, NULL)", "3"}},
                         [](Binding& binding) { return bind_extreme(binding, true); }));
  list.push_back(special({"least"}, "least(a, b, ...)", "The smallest value; nulls are skipped.",
                         {{"least('b', 'a')", "'a'"}},
                         [](Binding& binding) { return bind_extreme(binding, false); }));
}

}  // namespace millrace

#include "core/expression/coercion.hpp"
#include "core/expression/function.hpp"

namespace millrace {

namespace {

NodePtr cast_to(Binding& binding, CastMode mode) {
  auto node = make_cast(binding.arguments[0], binding.ast.type, mode, binding.session);
  if (node == nullptr)
    binding.fail(with_article(binding.arguments[0]->type()) + " cannot be cast to " +
                 to_string(binding.ast.type));
  return node;
}

/// timestamp '...', date '...': a bad one is found when the expression is bound.
NodePtr bind_literal(Binding& binding) {
  if (as_constant(*binding.arguments[0]) == nullptr) binding.fail("this must be a literal");
  const auto node = cast_to(binding, CastMode::tried);
  const Batch empty;
  const auto value = node->evaluate({empty, 1});
  if (!value.column.is_null(0)) return std::make_shared<ConstantNode>(value.column);
  const auto text = constant_text(*binding.arguments[0]);
  binding.fail("'" + text.value_or("") + "' is not " + with_article(binding.ast.type),
               "write date '2024-01-31' or timestamp '2024-01-31 12:30:00'");
}

/// long(x), string(x) and so on: casts that are written as calls.
Function named_cast(std::string name, TypeId to, Example example) {
  return {
      .names = {name},
      .family = Family::conversion,
      .usage = name + "(x)",
      .help = "The same as CAST(x AS " + name + ").",
      .examples = {std::move(example)},
      .overloads = {},
      .bind = [to, name](Binding& binding) {
        if (binding.arguments.size() != 1) binding.fail("`" + name + "` takes one value");
        auto node =
            make_cast(binding.arguments[0], to,
                      binding.session->ansi ? CastMode::strict : CastMode::legacy, binding.session);
        if (node == nullptr)
          binding.fail(with_article(binding.arguments[0]->type()) + " cannot be cast to " + name);
        return node;
      }};
}

}  // namespace

void add_conversions(FunctionList& list) {
  list.push_back(
      {.names = {"cast"},
       .family = Family::conversion,
       .usage = "CAST(x AS type)",
       .help = "The value in another type, also x::type; an error where it does not fit.",
       .examples = {{"CAST('12' AS int)", "12"}, {"(1.9)::int", "1"}, {"CAST(1 AS string)", "'1'"}},
       .overloads = {},
       .bind = [](Binding& binding) {
         return cast_to(binding, binding.session->ansi ? CastMode::strict : CastMode::legacy);
       }});
  list.push_back({.names = {"try_cast"},
                  .family = Family::conversion,
                  .usage = "try_cast(x, 'type')",
                  .help = "The value in another type, null where it does not fit.",
                  .examples = {{"try_cast('1x', 'int')", "null"}, {"try_cast(' 7 ', 'long')", "7"}},
                  .overloads = {},
                  .bind = [](Binding& binding) { return cast_to(binding, CastMode::tried); }});
  list.push_back({.names = {"literal"},
                  .family = Family::conversion,
                  .usage = "timestamp 'text', date 'text'",
                  .help = "A date or timestamp that is written in the expression.",
                  .examples = {{"timestamp '2024-01-31T12:30:00Z'", "2024-01-31 12:30:00"}},
                  .overloads = {},
                  .bind = bind_literal});
  list.push_back({.names = {"typeof"},
                  .family = Family::conversion,
                  .usage = "typeof(x)",
                  .help = "The name of a value's type.",
                  .examples = {{"typeof(1.5 + 1.25)", "'decimal(4,2)'"}},
                  .overloads = {},
                  .bind = [](Binding& binding) -> NodePtr {
                    if (binding.arguments.size() != 1) binding.fail("`typeof` takes one value");
                    return make_text(to_string(binding.arguments[0]->type()));
                  }});
  list.push_back(named_cast("boolean", TypeId::boolean, {"boolean('yes')", "true"}));
  list.push_back(named_cast("int", TypeId::int32, {"int('7')", "7"}));
  list.push_back(named_cast("float", TypeId::float32, {"float('1.5')", "1.5"}));
  list.push_back(named_cast("binary", TypeId::binary, {"binary('ab')", "X'6162'"}));
  list.push_back(named_cast("timestamp", TypeId::timestamp,
                            {"timestamp('2024-02-29')", "2024-02-29 00:00:00"}));
  auto whole = named_cast("long", TypeId::int64, {"long('7')", "7"});
  whole.names.emplace_back("bigint");
  list.push_back(std::move(whole));
  list.push_back(named_cast("double", TypeId::float64, {"double('1e3')", "1000.0"}));
  list.push_back(named_cast("string", TypeId::string, {"string(1.5)", "'1.5'"}));
  list.push_back(
      named_cast("date", TypeId::date, {"date(timestamp '2024-02-29 13:05:09')", "2024-02-29"}));
}

}  // namespace millrace

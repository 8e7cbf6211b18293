#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/expression/ast.hpp"
#include "core/expression/expression_error.hpp"
#include "core/expression/node.hpp"
#include "core/expression/row_node.hpp"

// The function table. A function is one entry in the file of its family (functions/*.cpp); binding,
// documentation and the tests of the examples all read this table.
namespace millrace {

/// A call while it is bound: what a function's entry works on.
struct Binding {
  const AstNode& ast;
  const std::shared_ptr<const std::string>& source;
  const std::shared_ptr<const Session>& session;
  std::vector<NodePtr> arguments;

  /// The argument as a value of another type, by an implicit cast; an error where there is none.
  NodePtr converted(size_t argument, const Type& to) const;
  /// All arguments from `first` on converted to their common type, which is returned.
  Type unify(size_t first, size_t step = 1);
  [[noreturn]] void fail(const std::string& message, const std::string& help = {}) const;
  /// The same, pointing at one argument.
  [[noreturn]] void fail_at(size_t argument, const std::string& message,
                            const std::string& help = {}) const;
  const std::string& name() const { return ast.function; }
};

/// One way to call a function: types of arguments, and what makes the node once they have them.
struct Overload {
  std::vector<Type> parameters;
  Type result;
  std::function<NodePtr(Binding&)> make;
};

struct Example {
  std::string expression;
  std::string result;  ///< as value_text writes it
};

enum class Family {
  operators,
  conditional,
  math,
  text,
  regular_expression,
  time,
  array,
  structure,
  json,
  hash,
  conversion
};

struct Function {
  std::vector<std::string> names;  ///< the first is the one to use, the others are synonyms
  Family family = Family::operators;
  std::string usage;  ///< "left(text, count)"
  std::string help;   ///< one sentence
  std::vector<Example> examples;
  std::vector<Overload> overloads;             ///< the nearest one is taken, the first of equals
  std::function<NodePtr(Binding&)> bind = {};  ///< instead of overloads: binds on its own
  /// Instead of overloads where the first argument is a decimal.
  std::function<NodePtr(Binding&)> bind_decimal = {};
};

/// Every function, by family.
const std::vector<Function>& all_functions();
/// A function by any of its names, or nothing.
const Function* find_function(std::string_view name);
std::string_view to_string(Family family);

/// A row function (see row_node.hpp) as an overload.
template <class Row>
Overload row(Row function) {
  using Traits = RowFunction<Row>;
  return {Traits::parameter_types(), Traits::result_type(),
          [function](Binding& binding) -> NodePtr {
            return std::make_shared<RowNode<Row>>(function, binding.arguments, binding.session);
          }};
}

/// A row function as a node, for entries that bind on their own.
template <class Row>
NodePtr make_row(Row function, const Binding& binding, std::vector<NodePtr> arguments) {
  return std::make_shared<RowNode<Row>>(std::move(function), std::move(arguments), binding.session);
}

/// The same with a result whose type has parts.
template <class Row>
NodePtr make_row(Row function, const Binding& binding, std::vector<NodePtr> arguments,
                 Type result) {
  return std::make_shared<RowNode<Row>>(std::move(function), std::move(arguments), binding.session,
                                        std::move(result));
}

// The families; each is one file in functions/.
using FunctionList = std::vector<Function>;
void add_operators(FunctionList& list);
void add_conditionals(FunctionList& list);
void add_math(FunctionList& list);
void add_texts(FunctionList& list);
void add_regular_expressions(FunctionList& list);
void add_times(FunctionList& list);
void add_arrays(FunctionList& list);
void add_structures(FunctionList& list);
void add_json(FunctionList& list);
void add_hashes(FunctionList& list);
void add_conversions(FunctionList& list);

}  // namespace millrace

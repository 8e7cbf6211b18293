#pragma once
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/config/option.hpp"
#include "core/diagnostics/diagnostic.hpp"
#include "core/expression/ast.hpp"
#include "core/expression/program.hpp"
#include "core/plan/join_condition.hpp"
#include "core/plugin/value_list.hpp"

namespace millrace {

/// Reports what is wrong with an expression, with carets inside the string that holds it.
void report(const ExpressionError& error, const WrittenText& text, Diagnostics& diagnostics);

/// Turns the checked options of one component into what crosses to its plugin: expressions are
/// compiled for the component's input and everything wrong with them is reported.
class OptionBinder {
 public:
  /// Without an input (sources) expressions see no columns.
  OptionBinder(std::shared_ptr<const Schema> input, Options meaning, Diagnostics& diagnostics);

  /// For a component that keeps two inputs apart: a condition may speak of both.
  OptionBinder(std::array<JoinSide, 2> sides, Options meaning, Diagnostics& diagnostics);

  /// The same, telling what is wrong to somebody else.
  OptionBinder(const OptionBinder& other, Diagnostics& diagnostics);

  /// What cannot be bound is reported and left out, entry by entry.
  std::shared_ptr<ValueList> bind(const OptionValues& options);

  /// A condition that moved into that of a join: it counts if it can be one over both inputs.
  void add_to_join(std::string condition) { moved_ = std::move(condition); }

  /// The input columns that the expressions read.
  const std::set<int>& columns() const { return columns_; }
  /// The condition over both inputs, if one was bound.
  const std::optional<JoinParts>& join() const { return join_; }

 private:
  void add(const OptionValue& option, ValueList& values);
  void add_columns(const OptionValue& option, ValueList& values);
  void add_expressions(const OptionValue& option, ValueList& values);
  void add_aggregates(const OptionValue& option, ValueList& values);
  // bind_join.cpp
  JoinParts parts_of(const std::string& condition) const;
  void add_join(const OptionValue& option, ValueList& values);
  std::optional<BoundExpression> compile(std::string name, const Ast& ast, const WrittenText& text,
                                         bool of_windows = false);
  std::optional<BoundAggregate> compile_aggregate(const NamedText& from);
  bool is_new(const std::string& name, std::set<std::string>& seen, const NamedText& from);

  std::shared_ptr<const Schema> input_;
  Options meaning_;
  Diagnostics& diagnostics_;
  std::set<int> columns_;
  std::optional<std::array<JoinSide, 2>> sides_;
  std::optional<JoinParts> join_;
  std::string moved_;
};

}  // namespace millrace

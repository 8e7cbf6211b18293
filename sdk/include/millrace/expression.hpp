#pragma once
#include <optional>
#include <string>
#include <vector>

#include "millrace/arrow.hpp"
#include "millrace/context.hpp"

namespace millrace {

/// An expression of a configuration, compiled by the engine for the component's input.
class Expression {
 public:
  Expression() = default;
  Expression(const mr_host& host, const mr_named_expression& from)
      : host_(&host),
        expression_(from.expression),
        column_(from.column),
        name_(view(from.name)),
        type_(arrow::import_field(*from.type).type) {}

  const std::string& name() const { return name_; }
  const Type& type() const { return type_; }
  /// The input column that it merely names, or -1.
  int column() const { return column_; }

  /// One value per row of a batch of the component's input.
  Column evaluate(const Batch& batch) const {
    if (column_ >= 0) return batch.column(static_cast<size_t>(column_));
    arrow::OwnedArray rows(batch);
    ArrowArray result;
    mr_error error;
    detail::check(host_->evaluate(host_->engine, expression_, rows.get(), &result, &error), error);
    return arrow::import_column(type_, &result);
  }

 private:
  const mr_host* host_ = nullptr;
  const mr_expression* expression_ = nullptr;
  int column_ = -1;
  std::string name_;
  Type type_;
};

/// One entry of `aggregates = { name = "function(arguments) FILTER (WHERE filter)" }`.
struct Aggregate {
  std::string name;
  std::string function;  ///< lower case
  bool star = false;     ///< count(*)
  bool distinct = false;
  std::vector<Expression> arguments;
  std::optional<Expression> filter;
};

namespace detail {

inline Aggregate load_aggregate(const mr_host& host, const mr_aggregate& from) {
  Aggregate aggregate{std::string(view(from.name)),
                      std::string(view(from.function)),
                      from.star != 0,
                      from.distinct != 0,
                      {},
                      {}};
  for (size_t i = 0; i < from.argument_count; ++i)
    aggregate.arguments.emplace_back(host, from.arguments[i]);
  if (from.filter != nullptr) aggregate.filter.emplace(host, *from.filter);
  return aggregate;
}

}  // namespace detail
}  // namespace millrace

#pragma once
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/arrow.hpp"

#include "core/plugin/host.hpp"

namespace millrace {

/// An expression on its way to a plugin.
struct BoundExpression {
  std::string name;
  std::shared_ptr<const mr_expression> expression;
  Type type;
  int column = -1;  ///< the input column that it merely names
};

struct BoundAggregate {
  std::string name;
  std::string function;
  bool star = false;
  bool distinct = false;
  std::vector<BoundExpression> arguments;
  std::vector<BoundExpression> filter;  ///< none or one
};

/// A condition over two inputs, taken apart; see mr_join_condition.
struct BoundJoin {
  std::array<std::vector<BoundExpression>, 2> keys;
  std::vector<int32_t> null_safe;
  std::array<std::vector<BoundExpression>, 2> own;  ///< none or one
  std::array<std::vector<int32_t>, 2> never_null;
  std::vector<BoundExpression> both;  ///< none or one
  std::vector<int32_t> both_columns;
  std::vector<mr_time_bound> bounds;
};

/// The options of one component as the C boundary carries them. Owns all that it points at; lives
/// as long as the component.
class ValueList {
 public:
  ValueList() = default;
  ValueList(const ValueList&) = delete;
  ValueList& operator=(const ValueList&) = delete;

  void add_integer(std::string name, int32_t type, int64_t value);
  void add_real(std::string name, double value);
  void add_text(std::string name, std::string text);
  void add_list(std::string name, std::vector<std::string> items);
  void add_map(std::string name, const std::vector<std::pair<std::string, std::string>>& pairs);
  void add_columns(std::string name, const Schema& columns);
  void add_expressions(std::string name, int32_t type, std::vector<BoundExpression> expressions);
  void add_aggregates(std::string name, std::vector<BoundAggregate> aggregates);

  void add_join(std::string name, BoundJoin join);

  /// Valid until the next add.
  const mr_values* get();

 private:
  mr_value& add(std::string name, int32_t type);
  mr_str keep(std::string text);
  std::vector<mr_named_expression>& cross(std::vector<BoundExpression> expressions);

  std::vector<mr_value> values_;
  mr_values crossing_{};
  std::deque<std::string> texts_;
  std::deque<std::vector<mr_pair>> pairs_;
  std::deque<arrow::OwnedSchema> schemas_;
  std::deque<std::vector<mr_named_expression>> expressions_;
  std::deque<std::vector<mr_aggregate>> aggregates_;
  std::deque<BoundJoin> joins_;
  std::deque<mr_join_condition> join_conditions_;
  std::vector<std::shared_ptr<const mr_expression>> kept_;
};

}  // namespace millrace

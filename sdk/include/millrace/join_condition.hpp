#pragma once
#include <array>
#include <optional>
#include <vector>

#include "millrace/expression.hpp"

namespace millrace {

/// The condition under which rows of two inputs belong together, as the engine took it apart. It is
/// TRUE where all keys are equal and all conditions are TRUE; bounds and never_null follow from it.
struct JoinCondition {
  struct Key {
    std::array<Expression, 2> side;  ///< one over each input, of one type
    bool null_safe = false;          ///< NULL equals NULL
  };
  /// Input `input`'s column is at least (strict: more than) the other input's plus offset_us.
  struct Bound {
    int input = 0;
    int column = 0;
    int other_column = 0;
    bool strict = false;
    int64_t offset_us = 0;
  };

  std::vector<Key> keys;
  std::array<std::optional<Expression>, 2> own;  ///< over one input alone
  std::array<std::vector<int>, 2> never_null;    ///< with a NULL there it is never TRUE
  std::optional<Expression> both;                ///< over a batch of `both_columns`
  std::vector<int> both_columns;                 ///< of input 0, then of input 1, counted through
  std::vector<Bound> bounds;
};

namespace detail {

inline JoinCondition load_join(const mr_host& host, const mr_join_condition& from) {
  JoinCondition join;
  for (size_t i = 0; i < from.key_count; ++i)
    join.keys.push_back({{Expression(host, from.keys[0][i]), Expression(host, from.keys[1][i])},
                         from.null_safe[i] != 0});
  for (size_t side = 0; side < 2; ++side) {
    if (from.conditions[side] != nullptr) join.own[side].emplace(host, *from.conditions[side]);
    join.never_null[side].assign(from.never_null[side],
                                 from.never_null[side] + from.never_null_count[side]);
  }
  if (from.condition != nullptr) join.both.emplace(host, *from.condition);
  join.both_columns.assign(from.condition_columns,
                           from.condition_columns + from.condition_column_count);
  for (size_t i = 0; i < from.bound_count; ++i) {
    const auto& bound = from.bounds[i];
    join.bounds.push_back(
        {bound.input, bound.column, bound.other_column, bound.strict != 0, bound.offset_us});
  }
  return join;
}

}  // namespace detail
}  // namespace millrace

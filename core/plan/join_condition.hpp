#pragma once
#include <array>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/abi.h"
#include "millrace/type.hpp"

#include "core/expression/ast.hpp"
#include "core/expression/program.hpp"

namespace millrace {

/// One of the two inputs that a condition speaks of. Its columns can be named alone, or after
/// `left`/`right` or the name of the component that they come from.
struct JoinSide {
  std::shared_ptr<const Schema> schema;
  std::string component;
};

/// A condition over two inputs, taken apart at its ANDs. Expressions over one input name its
/// columns as its schema does.
struct JoinParts {
  struct Key {
    std::array<Ast, 2> side;
    bool null_safe = false;
  };

  std::vector<Key> keys;
  std::array<std::vector<Ast>, 2> own;      ///< conditions over one input alone
  std::vector<Ast> both;                    ///< over `both_schema`
  Schema both_schema;                       ///< the columns that `both` reads
  std::vector<int32_t> both_columns;        ///< where they are: input 0's, then input 1's
  std::array<std::set<int>, 2> never_null;  ///< with a NULL there it is never TRUE
  std::vector<mr_time_bound> bounds;        ///< what comparisons of timestamps imply
  std::array<std::set<int>, 2> columns;     ///< that are read, of each input
};

/// Throws ExpressionError, with places in `text`.
JoinParts take_apart(std::string_view text, const std::array<JoinSide, 2>& sides,
                     const Options& meaning);

/// All of them at once; an empty Ast for none.
Ast conjunction(const std::vector<Ast>& conditions);

}  // namespace millrace

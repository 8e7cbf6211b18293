#include "core/plan/bind_options.hpp"
#include "core/plan/bound_program.hpp"

namespace millrace {
namespace {

std::vector<BoundExpression> bound_conjunction(const std::vector<Ast>& conditions,
                                               const std::shared_ptr<const Schema>& rows,
                                               const Options& meaning) {
  if (conditions.empty()) return {};
  return {bound_expression("on", bind_condition(conjunction(conditions), *rows, meaning), rows)};
}

}  // namespace

JoinParts OptionBinder::parts_of(const std::string& condition) const {
  auto parts = take_apart(condition, *sides_, meaning_);
  if (moved_.empty()) return parts;
  try {
    return take_apart("(" + condition + ") AND " + moved_, *sides_, meaning_);
  } catch (const ExpressionError&) {
    return parts;  // It speaks of a column that both inputs have: it stays where it is.
  }
}

void OptionBinder::add_join(const OptionValue& option, ValueList& values) {
  try {
    join_ = parts_of(option.text().text);
    BoundJoin bound;
    for (const auto& key : join_->keys) bound.null_safe.push_back(key.null_safe ? 1 : 0);
    for (size_t side = 0; side < 2; ++side) {
      const auto& rows = (*sides_)[side].schema;
      for (const auto& key : join_->keys)
        bound.keys[side].push_back(
            bound_expression("key", millrace::bind(key.side[side], *rows, meaning_), rows));
      bound.own[side] = bound_conjunction(join_->own[side], rows, meaning_);
      bound.never_null[side].assign(join_->never_null[side].begin(), join_->never_null[side].end());
    }
    bound.both = bound_conjunction(join_->both, std::make_shared<const Schema>(join_->both_schema),
                                   meaning_);
    bound.both_columns = join_->both_columns;
    bound.bounds = join_->bounds;
    values.add_join(option.name, std::move(bound));
  } catch (const ExpressionError& error) {
    report(error, option.text(), diagnostics_);
  }
}

}  // namespace millrace

#include "plugins/join/table_join.hpp"

#include <numeric>

#include "millrace/gather.hpp"

#include "plugins/join/join_front.hpp"

namespace millrace::join {
namespace {

constexpr size_t pairs_at_once = 16 * 1024;

Column nulls(const Type& type, size_t rows) {
  ColumnBuilder builder(type);
  for (size_t i = 0; i < rows; ++i) builder.append_null();
  return builder.finish();
}

}  // namespace

TableJoin::TableJoin(const JoinPlan& plan, const std::shared_ptr<const TableIndex>& index)
    : plan_(&plan), index_(&index) {
  for (const auto& key : plan.on.keys) null_safe_.push_back(key.null_safe);
  Schema schema;
  const auto left = plan.inputs[0].schema->size();
  for (const auto column : plan.on.both_columns) {
    const auto at = static_cast<size_t>(column);
    schema.fields.push_back(at < left ? (*plan.inputs[0].schema)[at]
                                      : (*plan.inputs[1].schema)[at - left]);
  }
  condition_schema_ = std::make_shared<const Schema>(std::move(schema));
}

void TableJoin::process(int, const Batch& batch, const Outputs& outputs) {
  if (*index_ == nullptr) throw Error::internal("the table of a join was not loaded");
  if (!plan_->inputs[0].droppable) return join(batch, outputs);
  rows_that_can_match(*plan_, 0, batch, useful_);
  const auto kept = static_cast<int64_t>(useful_.size());
  outputs.count(Count::filtered, batch.size() - kept);
  join(kept == batch.size() ? batch : gather(batch, useful_), outputs);
}

void TableJoin::join(const Batch& batch, const Outputs& outputs) {
  const auto rows = static_cast<size_t>(batch.size());
  if (rows == 0) return;
  std::vector<uint8_t> may_match(rows, 1);
  if (const auto& own = plan_->on.own[0]; own && !plan_->inputs[0].droppable) {
    true_rows(own->evaluate(batch), useful_);
    may_match.assign(rows, 0);
    for (const auto row : useful_) may_match[row] = 1;
  }
  std::vector<Column> keys;
  for (const auto& key : plan_->inputs[0].keys) keys.push_back(key.evaluate(batch));
  keys_.encode(keys, null_safe_, rows);
  matched_.assign(rows, 0);
  for (size_t row = 0; row < rows; ++row) {
    if (may_match[row] == 0 || keys_.matches_nothing(row)) continue;
    (*index_)->each(keys_.hash(row), keys_.key(row), [&](uint32_t found) {
      left_.push_back(static_cast<uint32_t>(row));
      right_.push_back(found);
    });
    if (left_.size() >= pairs_at_once) join_pairs(batch, outputs);
  }
  join_pairs(batch, outputs);
  if (plan_->kind == JoinKind::inner) return;
  const uint8_t wanted = plan_->kind == JoinKind::left_semi ? 1 : 0;
  useful_.clear();
  for (size_t row = 0; row < rows; ++row)
    if (matched_[row] == wanted) useful_.push_back(static_cast<uint32_t>(row));
  put_out(batch, useful_, nullptr, outputs);
}

void TableJoin::join_pairs(const Batch& batch, const Outputs& outputs) {
  if (left_.empty()) return;
  if (plan_->on.both) {
    const auto& table = (*index_)->rows();
    const auto left_columns = plan_->inputs[0].schema->size();
    std::vector<Column> columns;
    for (const auto column : plan_->on.both_columns) {
      const auto at = static_cast<size_t>(column);
      columns.push_back(at < left_columns ? gather(batch.column(at), left_)
                                          : gather(table.column(at - left_columns), right_));
    }
    true_rows(plan_->on.both->evaluate(
                  Batch(condition_schema_, std::move(columns), static_cast<int64_t>(left_.size()))),
              fulfilling_);
    for (size_t i = 0; i < fulfilling_.size(); ++i) {
      left_[i] = left_[fulfilling_[i]];
      right_[i] = right_[fulfilling_[i]];
    }
    left_.resize(fulfilling_.size());
    right_.resize(fulfilling_.size());
  }
  for (const auto row : left_) matched_[row] = 1;
  if (!puts_out_left_only(plan_->kind)) put_out(batch, left_, &right_, outputs);
  left_.clear();
  right_.clear();
}

void TableJoin::put_out(const Batch& batch, std::span<const uint32_t> left,
                        const std::vector<uint32_t>* right, const Outputs& outputs) const {
  if (left.empty()) return;
  std::vector<Column> columns;
  columns.reserve(plan_->columns.size());
  for (const auto& column : plan_->columns) {
    if (column.side == 0)
      columns.push_back(gather(batch.column(column.column), left));
    else if (right != nullptr)
      columns.push_back(gather((*index_)->rows().column(column.column), *right));
    else
      columns.push_back(nulls((*plan_->inputs[1].schema)[column.column].type, left.size()));
  }
  outputs.emit(Port::rows,
               Batch(plan_->rows, std::move(columns), static_cast<int64_t>(left.size())));
}

}  // namespace millrace::join

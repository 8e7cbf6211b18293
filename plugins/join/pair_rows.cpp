#include "plugins/join/pair_rows.hpp"

#include <numeric>

#include "plugins/join/join_front.hpp"

namespace millrace::join {
namespace {

constexpr int64_t batch_rows = 8 * 1024;

}  // namespace

PairCondition::PairCondition(const JoinPlan& plan, const std::array<RowCodec, 2>& codecs)
    : plan_(&plan), codecs_(&codecs) {
  Schema schema;
  const auto left = plan.inputs[0].schema->size();
  for (const auto column : plan.on.both_columns) {
    const auto at = static_cast<size_t>(column);
    schema.fields.push_back(at < left ? (*plan.inputs[0].schema)[at]
                                      : (*plan.inputs[1].schema)[at - left]);
  }
  schema_ = std::make_shared<const Schema>(std::move(schema));
}

void PairCondition::filter(const Pairs& pairs, std::vector<uint32_t>& fulfilling) const {
  if (!plan_->on.both || pairs.size() == 0) {
    fulfilling.resize(pairs.size());
    std::iota(fulfilling.begin(), fulfilling.end(), 0U);
    return;
  }
  const auto left = plan_->inputs[0].schema->size();
  std::vector<Column> columns;
  for (size_t i = 0; i < schema_->size(); ++i) {
    const auto at = static_cast<size_t>(plan_->on.both_columns[i]);
    const size_t side = at < left ? 0 : 1;
    ColumnBuilder builder((*schema_)[i].type);
    builder.reserve(pairs.size());
    (*codecs_)[side].decode(side == 0 ? at : at - left, pairs.rows[side], builder);
    columns.push_back(builder.finish());
  }
  const Batch batch(schema_, std::move(columns), static_cast<int64_t>(pairs.size()));
  true_rows(plan_->on.both->evaluate(batch), fulfilling);
}

PairRows::PairRows(const JoinPlan& plan, const std::array<RowCodec, 2>& codecs)
    : plan_(&plan), codecs_(&codecs) {
  for (const auto& field : plan.rows->fields) builders_.emplace_back(field.type);
}

void PairRows::add(const Pairs& pairs, const Outputs& outputs) {
  if (pairs.size() == 0) return;
  for (size_t i = 0; i < builders_.size(); ++i) {
    const auto& column = plan_->columns[i];
    const auto& codec = (*codecs_)[column.side];
    if (!column.same_in_right) {
      codec.decode(column.column, pairs.rows[column.side], builders_[i]);
      continue;
    }
    for (size_t pair = 0; pair < pairs.size(); ++pair) {
      if (pairs.rows[0][pair] != nullptr)
        codec.decode_one(column.column, pairs.rows[0][pair], builders_[i]);
      else
        (*codecs_)[1].decode_one(*column.same_in_right, pairs.rows[1][pair], builders_[i]);
    }
  }
  count_ += static_cast<int64_t>(pairs.size());
  if (count_ >= batch_rows) finish(outputs);
}

void PairRows::finish(const Outputs& outputs) {
  if (count_ == 0) return;
  std::vector<Column> columns;
  for (auto& builder : builders_) columns.push_back(builder.finish());
  outputs.emit(Port::final, Batch(plan_->rows, std::move(columns), count_));
  count_ = 0;
}

}  // namespace millrace::join

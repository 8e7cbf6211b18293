#include "plugins/join/join_front.hpp"

#include <algorithm>
#include <numeric>

#include "millrace/gather.hpp"

#include "plugins/join/partials.hpp"

namespace millrace::join {

void rows_that_can_match(const JoinPlan& plan, size_t side, const Batch& batch,
                         std::vector<uint32_t>& rows) {
  if (const auto& own = plan.on.own[side]) {
    true_rows(own->evaluate(batch), rows);
  } else {
    rows.resize(static_cast<size_t>(batch.size()));
    std::iota(rows.begin(), rows.end(), 0U);
  }
  for (const auto at : plan.on.never_null[side]) {
    const auto& column = batch.column(static_cast<size_t>(at));
    if (column.may_have_nulls())
      std::erase_if(rows, [&](uint32_t row) { return column.is_null(row); });
  }
}

JoinFront::JoinFront(const JoinPlan& plan)
    : plan_(&plan),
      partials_(std::make_shared<const Schema>(partial_schema())),
      codecs_{RowCodec(*plan.inputs[0].schema), RowCodec(*plan.inputs[1].schema)} {
  for (const auto& key : plan.on.keys) null_safe_.push_back(key.null_safe);
}

void JoinFront::process(int number, const Batch& batch, const Outputs& outputs) {
  if (batch.empty()) return;
  const auto side = static_cast<size_t>(number);
  if (plan_->inputs[side].droppable) {
    rows_that_can_match(*plan_, side, batch, kept_);
    outputs.count(Count::filtered, batch.size() - static_cast<int64_t>(kept_.size()));
  } else {
    kept_.resize(static_cast<size_t>(batch.size()));
    std::iota(kept_.begin(), kept_.end(), 0U);
  }
  drop_late(side, batch, outputs);
  if (kept_.empty()) return;
  const bool all = static_cast<int64_t>(kept_.size()) == batch.size();
  send(side, all ? batch : gather(batch, kept_), outputs);
}

void JoinFront::drop_late(size_t side, const Batch& batch, const Outputs& outputs) {
  const int at = plan_->inputs[side].time_column;
  if (at < 0) return;
  const auto& column = batch.column(static_cast<size_t>(at));
  const int64_t* times = event_times(column);
  const auto late = std::erase_if(
      kept_, [&](uint32_t row) { return !column.is_null(row) && times[row] <= late_before_; });
  outputs.count(Count::late_dropped, static_cast<int64_t>(late));
  outputs.count(Count::late_groups, static_cast<int64_t>(late));
}

void JoinFront::find_buckets(size_t side, const Batch& rows, std::span<const Column> keys) {
  const auto& input = plan_->inputs[side];
  buckets_.assign(static_cast<size_t>(rows.size()), never);
  if (!plan_->time_key && !input.stays_us) return;
  const auto& column = plan_->time_key ? keys[*plan_->time_key]
                                       : rows.column(static_cast<size_t>(input.time_column));
  const int64_t stays = plan_->time_key ? 0 : *input.stays_us;
  const int64_t* times = event_times(column);
  for (int64_t row = 0; row < rows.size(); ++row)
    if (!column.is_null(row) &&
        __builtin_add_overflow(times[row], stays, &buckets_[static_cast<size_t>(row)]))
      buckets_[static_cast<size_t>(row)] = never;
}

void JoinFront::send(size_t side, const Batch& rows, const Outputs& outputs) {
  const auto count = static_cast<size_t>(rows.size());
  std::vector<Column> keys;
  for (const auto& key : plan_->inputs[side].keys) keys.push_back(key.evaluate(rows));
  keys_.encode(keys, null_safe_, count);
  find_buckets(side, rows, keys);
  std::vector<int32_t> flags(count, side == 0 ? 0 : of_right);
  if (const auto& own = plan_->on.own[side]; own && !plan_->inputs[side].droppable) {
    for (auto& flag : flags) flag |= unmatched;
    true_rows(own->evaluate(rows), fulfilling_);
    for (const auto row : fulfilling_) flags[row] &= ~unmatched;
  }
  ColumnBuilder hashes(TypeId::int64);
  ColumnBuilder flag_column(TypeId::int32);
  ColumnBuilder buckets(TypeId::int64);
  ColumnBuilder key_column(TypeId::binary);
  for (auto* builder : {&hashes, &flag_column, &buckets, &key_column}) builder->reserve(count);
  for (size_t row = 0; row < count; ++row) {
    hashes.append(static_cast<int64_t>(keys_.hash(row)));
    flag_column.append(keys_.matches_nothing(row) ? flags[row] | matches_nothing : flags[row]);
    buckets.append(buckets_[row]);
    key_column.append_bytes(keys_.key(row));
  }
  outputs.emit(Port::rows, Batch(partials_,
                                 {hashes.finish(), flag_column.finish(), buckets.finish(),
                                  key_column.finish(), codecs_[side].encode(rows)},
                                 rows.size()));
}

}  // namespace millrace::join

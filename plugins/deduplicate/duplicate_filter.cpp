#include "plugins/deduplicate/duplicate_filter.hpp"

#include "millrace/gather.hpp"
#include "millrace/structure.hpp"

namespace millrace::deduplicate {
namespace {

/// More keys than this are forgotten before the round ends, which bounds a task's memory: the back
/// half finds what repeats after that.
constexpr size_t keys_most = 64 * 1024;

constexpr size_t window_end_field = 1;

/// The time at which a row is up: its event time, or the end of its window.
Column times_of(const Batch& batch, int column) {
  const Column& times = batch.column(static_cast<size_t>(column));
  return times.type.id == TypeId::structure ? field_of(times, window_end_field) : times;
}

int64_t later(int64_t time, int64_t delay) {
  return time > bucket_never - delay ? bucket_never : time + delay;
}

}  // namespace

void DuplicateFilter::begin(const Round& round) {
  late_before_ = round.late_before;
  late_wanted_ = round.wants(Port::late);
  table_.clear();
}

void DuplicateFilter::process(int /*input*/, const Batch& batch, const Outputs& outputs) {
  if (batch.empty()) return;
  if (plan_->watermarked()) times_ = times_of(batch, plan_->time_column);
  drop_late(batch, outputs);
  if (rows_.empty()) return;
  encode_keys(batch);
  drop_repeated();
  if (!rows_.empty()) hand_over(batch, outputs);
  if (table_.size() >= keys_most) table_.clear();
}

void DuplicateFilter::drop_late(const Batch& batch, const Outputs& outputs) {
  const auto count = static_cast<size_t>(batch.size());
  rows_.resize(count);
  late_.clear();
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    const auto row = static_cast<int64_t>(i);
    if (plan_->watermarked() && !times_.is_null(row) && times_.int64(row) <= late_before_)
      late_.push_back(static_cast<uint32_t>(i));
    else
      rows_[kept++] = static_cast<uint32_t>(i);
  }
  rows_.resize(kept);
  if (late_.empty()) return;
  outputs.count(Count::late_dropped, static_cast<int64_t>(late_.size()));
  outputs.count(Count::late_groups, static_cast<int64_t>(late_.size()));
  if (late_wanted_) outputs.emit(Port::late, gather(batch, {late_.data(), late_.size()}));
}

void DuplicateFilter::encode_keys(const Batch& batch) {
  key_columns_.clear();
  for (const auto& column : plan_->columns) key_columns_.push_back(column.evaluate(batch));
  if (plan_->columns.empty())
    for (size_t i = 0; i < batch.column_count(); ++i)
      if (!batch.schema()[i].hidden) key_columns_.push_back(batch.column(i));
  plan_->codec.encode(key_columns_, static_cast<size_t>(batch.size()), keys_);
}

// A key that is new gets the next number.
void DuplicateFilter::drop_repeated() {
  const size_t count = rows_.size();
  no_bucket_.clear();
  no_bucket_.append(count, 0);
  groups_.resize(count);
  size_t next = table_.size();
  table_.find_or_add(keys_, rows_.data(), no_bucket_.data(), count, groups_.data());
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    if (groups_[i] != next) continue;
    ++next;
    rows_[kept++] = rows_[i];
  }
  rows_.resize(kept);
}

void DuplicateFilter::hand_over(const Batch& batch, const Outputs& outputs) {
  const size_t count = rows_.size();
  const size_t first = table_.size() - count;
  ColumnBuilder hashes(TypeId::int64);
  ColumnBuilder keys(TypeId::binary);
  ColumnBuilder until(TypeId::int64);
  for (auto* builder : {&hashes, &keys, &until}) builder->reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const auto row = static_cast<int64_t>(rows_[i]);
    hashes.append(static_cast<int64_t>(table_.hash(first + i)));
    keys.append_bytes(table_.key(first + i));
    const bool timeless = !plan_->watermarked() || times_.is_null(row);
    if (plan_->memory == Memory::within_watermark)  // Without a time as if it were of 1970.
      until.append(later(timeless ? 0 : times_.int64(row), plan_->delay_us));
    else if (plan_->memory == Memory::until_its_time && !timeless)
      until.append(times_.int64(row));
    else
      until.append(bucket_never);
  }
  std::vector<Column> columns{hashes.finish(), keys.finish(), until.finish()};
  const auto kept = gather(batch, {rows_.data(), count});
  columns.insert(columns.end(), kept.columns().begin(), kept.columns().end());
  outputs.emit(Port::rows, {plan_->partials, std::move(columns), static_cast<int64_t>(count)});
}

}  // namespace millrace::deduplicate

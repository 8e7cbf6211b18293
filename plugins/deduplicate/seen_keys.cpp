#include "plugins/deduplicate/seen_keys.hpp"

#include <cstring>
#include <limits>

#include "millrace/gather.hpp"

namespace millrace::deduplicate {
namespace {

/// The first byte of every value in the store: how the rest is to be read.
constexpr char state_version = 1;
constexpr std::string_view present{&state_version, 1};

const Column& part(const Batch& partials, PartialColumn column) {
  return partials.column(static_cast<size_t>(column));
}

}  // namespace

SeenKeys::SeenKeys(const DuplicatePlan& plan, State state)
    : plan_(&plan), state_(state), layout_(state, plan.layout) {}

void SeenKeys::merge(const Batch& partials, const Round& /*round*/) {
  choose_new(partials);
  if (rows_.empty()) return;
  remember(partials);
  const std::span<const uint32_t> rows{rows_.data(), rows_.size()};
  std::vector<Column> columns;
  for (size_t i = partial_columns; i < partials.column_count(); ++i)
    columns.push_back(gather(partials.column(i), rows));
  fresh_rows_ += static_cast<int64_t>(rows.size());
  fresh_.emplace_back(plan_->rows, std::move(columns), static_cast<int64_t>(rows.size()));
}

// The rows whose key neither the store has nor an earlier row of the batch.
void SeenKeys::choose_new(const Batch& partials) {
  const auto& hashes = part(partials, PartialColumn::hash);
  const auto& keys = part(partials, PartialColumn::key);
  const auto& until = part(partials, PartialColumn::until);
  table_.clear();
  rows_.clear();
  keys_.clear();
  for (int64_t row = 0; row < partials.size(); ++row) {
    const auto key = keys.text(row);
    const auto hash = static_cast<uint64_t>(hashes.int64(row));
    if (table_.find_or_add(KeyCodec::view_of(key), hash, 0) != rows_.size()) continue;
    rows_.push_back(static_cast<uint32_t>(row));
    keys_.push_back({within_watermark() ? bucket_never : until.int64(row), hash, str(key)});
  }
  values_.resize(keys_.size());
  state_.get(keys_.size(), keys_.data(), values_.data());
  size_t kept = 0;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (values_[i].data != nullptr) continue;
    rows_[kept] = rows_[i];
    keys_[kept++] = keys_[i];
  }
  rows_.resize(kept);
  keys_.resize(kept);
}

void SeenKeys::remember(const Batch& partials) {
  layout_.write();
  values_.assign(keys_.size(), str(present));
  state_.put(within_watermark() ? 0 : keys_.size(), keys_.data(), values_.data());
  if (!within_watermark()) return;
  const auto& until = part(partials, PartialColumn::until);
  constexpr size_t value_size = 1 + sizeof(int64_t);
  until_.resize(keys_.size() * value_size);
  for (size_t i = 0; i < keys_.size(); ++i) {
    char* to = until_.data() + i * value_size;
    const int64_t time = until.int64(rows_[i]);
    *to = state_version;
    std::memcpy(to + 1, &time, sizeof time);
    values_[i] = str(std::string_view(to, value_size));
  }
  state_.put(keys_.size(), keys_.data(), values_.data());
  for (size_t i = 0; i < keys_.size(); ++i) {
    keys_[i].bucket = until.int64(rows_[i]);
    values_[i] = str(present);
  }
  state_.put(keys_.size(), keys_.data(), values_.data());
}

void SeenKeys::finish(const Round& round, const Outputs& outputs) {
  for (const auto& rows : fresh_)
    for (const auto port : {Port::changed, Port::final})
      if (round.wants(port)) outputs.emit(port, rows);
  outputs.count(Count::state_updated, fresh_rows_);
  fresh_.clear();
  fresh_rows_ = 0;
  if (plan_->memory != Memory::for_ever && round.watermark != std::numeric_limits<int64_t>::min())
    outputs.count(Count::state_removed, forget(round.watermark));
  outputs.count(Count::state_rows, keys_held());
}

int64_t SeenKeys::forget(int64_t watermark) {
  if (within_watermark()) {
    constexpr int64_t first = std::numeric_limits<int64_t>::min();
    table_.clear();
    state_.scan(first, watermark, [&](int64_t, std::string_view key, std::string_view) {
      const auto view = KeyCodec::view_of(key);
      table_.find_or_add(view, plan_->codec.hash_of(view), 0);
    });
    keys_.clear();
    for (size_t i = 0; i < table_.size(); ++i)
      keys_.push_back({bucket_never, table_.hash(i), str(table_.key(i))});
    state_.erase(keys_.size(), keys_.data());
  }
  return state_.evict(watermark);
}

int64_t SeenKeys::keys_held() const {
  const int64_t entries = state_.measure().rows - layout_.entries();
  return within_watermark() ? entries / 2 : entries;
}

}  // namespace millrace::deduplicate

#include "plugins/window/result_rows.hpp"

#include <numeric>

namespace millrace::window {
namespace {

constexpr size_t rows_most = 16 * 1024;

}  // namespace

Batch result_rows(const AggregationPlan& plan, std::span<const Window> windows,
                  std::span<const std::string_view> keys, const AggregateSet& aggregates,
                  std::span<const uint32_t> groups) {
  std::vector<Column> columns;
  if (plan.has_windows) {
    ColumnBuilder starts(TypeId::timestamp);
    ColumnBuilder ends(TypeId::timestamp);
    starts.reserve(windows.size());
    ends.reserve(windows.size());
    for (const auto& window : windows) {
      starts.append(window.start);
      ends.append(window.end);
    }
    columns.push_back(starts.finish());
    columns.push_back(ends.finish());
  }
  std::vector<ColumnBuilder> builders;
  for (const auto& type : plan.codec.types()) {
    builders.emplace_back(type);
    builders.back().reserve(keys.size());
  }
  if (!builders.empty())
    for (const auto key : keys) plan.codec.decode(key, builders);
  for (auto& builder : builders) columns.push_back(builder.finish());
  aggregates.results(groups, columns);
  return {plan.rows, std::move(columns), static_cast<int64_t>(groups.size())};
}

void StoredRows::add(const Window& window, std::string_view key, std::string_view saved) {
  windows_.push_back(window);
  bytes_.append(key.data(), key.size());
  bytes_.append(saved.data(), saved.size());
  key_sizes_.push_back(key.size());
  saved_sizes_.push_back(saved.size());
  if (windows_.size() == rows_most) finish();
}

void StoredRows::finish() {
  if (windows_.empty()) return;
  const size_t count = windows_.size();
  std::vector<uint32_t> groups(count);
  std::iota(groups.begin(), groups.end(), 0U);
  std::vector<std::string_view> keys(count);
  std::vector<const char*> cursors(count);
  const char* at = bytes_.data();
  for (size_t i = 0; i < count; ++i) {
    keys[i] = {at, key_sizes_[i]};
    cursors[i] = at + key_sizes_[i];
    at = cursors[i] + saved_sizes_[i];
  }
  aggregates_.resize(count);
  aggregates_.merge(groups, cursors);
  outputs_->emit(port_, result_rows(*plan_, windows_, keys, aggregates_, groups));
  aggregates_.resize(0);
  windows_.clear();
  bytes_.clear();
  key_sizes_.clear();
  saved_sizes_.clear();
}

}  // namespace millrace::window

#include "core/engine/watermark_observer.hpp"

#include <algorithm>

#include "millrace/civil.hpp"
#include "millrace/gather.hpp"

namespace millrace {

Batch rows_that_pass(const std::vector<std::shared_ptr<const Program>>& conditions,
                     const Batch& batch, NodeCounts& counts) {
  Batch rows = batch;
  for (const auto& condition : conditions) {
    Buffer<uint32_t> selected;
    evaluate_filter(*condition, rows, selected);
    counts.filtered_rows += rows.size() - static_cast<int64_t>(selected.size());
    if (static_cast<int64_t>(selected.size()) != rows.size())
      rows = gather(rows, {selected.data(), selected.size()});
  }
  return rows;
}

Batch WatermarkObserver::observe(const Batch& batch, NodeCounts& counts) {
  Batch rows = rows_that_pass(watermark_->conditions, batch, counts);
  const auto& times = rows.column(static_cast<size_t>(watermark_->column));
  const auto* values = times.data<int64_t>();
  size_t in_order = 0;
  for (int64_t row = 0; row < rows.size(); ++row) {
    if (times.is_null(row)) continue;
    const auto value = values[row];
    if (value >= latest_) {
      latest_ = value;
      ++in_order;
    } else {
      counts.lateness.observe((static_cast<double>(latest_) - static_cast<double>(value)) * 1e-6);
    }
    max_ = std::max(max_, value);
    counts.event_time_min = std::min(counts.event_time_min, value);
    counts.event_time_sum += static_cast<double>(value);
    ++counts.event_time_rows;
  }
  counts.lateness.observe_zeros(in_order);
  counts.event_time_max = std::max(counts.event_time_max, max_);
  return rows;
}

std::optional<int64_t> WatermarkObserver::take_max() {
  if (max_ == std::numeric_limits<int64_t>::min()) return std::nullopt;
  const auto max = floor_div(max_, 1000) * 1000;
  max_ = std::numeric_limits<int64_t>::min();
  return max;
}

}  // namespace millrace

#include "core/engine/watermark_observer.hpp"

#include <algorithm>

#include "millrace/civil.hpp"
#include "millrace/gather.hpp"
#include "millrace/int128.hpp"

#include "core/observe/span_counter.hpp"

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

namespace {

/// The event times of one batch.
struct Seen {
  int64_t latest;  // Of this batch and all before.
  int64_t min = std::numeric_limits<int64_t>::max();
  int64_t max = std::numeric_limits<int64_t>::min();
  int64_t rows = 0;
  Int128 sum = 0;
  observe::SpanCounter<observe::lateness_bounds> lateness{};

  void add(int64_t time) {
    latest = std::max(latest, time);
    lateness.observe(static_cast<uint64_t>(latest) - static_cast<uint64_t>(time));
    min = std::min(min, time);
    max = std::max(max, time);
    sum += time;
    ++rows;
  }
};

// The greatest time that is not behind `bound`; the smallest number there is where none is.
int64_t greatest_until(int64_t bound, const Column& times) {
  const auto* values = times.data<int64_t>();
  auto greatest = std::numeric_limits<int64_t>::min();
  for (int64_t row = 0; row < times.length; ++row)
    if (values[row] <= bound && !times.is_null(row)) greatest = std::max(greatest, values[row]);
  return greatest;
}

}  // namespace

Batch WatermarkObserver::observe(const Batch& batch, NodeCounts& counts) {
  Batch rows = rows_that_pass(watermark_->conditions, batch, counts);
  const auto& times = rows.column(static_cast<size_t>(watermark_->column));
  const auto* values = times.data<int64_t>();
  Seen seen{latest_};
  if (!times.may_have_nulls()) {
    for (int64_t row = 0; row < rows.size(); ++row) seen.add(values[row]);
  } else {
    for (int64_t row = 0; row < rows.size(); ++row)
      if (!times.is_null(row)) seen.add(values[row]);
  }
  latest_ = seen.latest;
  max_ =
      std::max(max_, seen.max <= trusted_until_ ? seen.max : greatest_until(trusted_until_, times));
  counts.event_time_min = std::min(counts.event_time_min, seen.min);
  counts.event_time_max = std::max(counts.event_time_max, seen.max);
  counts.event_time_sum += static_cast<double>(seen.sum);
  counts.event_time_rows += seen.rows;
  seen.lateness.add_to(counts.lateness);
  return rows;
}

std::optional<int64_t> WatermarkObserver::take_max() {
  if (max_ == std::numeric_limits<int64_t>::min()) return std::nullopt;
  const auto max = floor_div(max_, 1000) * 1000;
  max_ = std::numeric_limits<int64_t>::min();
  return max;
}

}  // namespace millrace

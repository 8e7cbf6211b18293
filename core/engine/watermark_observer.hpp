#pragma once
#include <limits>
#include <optional>

#include "millrace/batch.hpp"

#include "core/engine/counts.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// The rows for which every condition is TRUE.
Batch rows_that_pass(const std::vector<std::shared_ptr<const Program>>& conditions,
                     const Batch& batch, NodeCounts& counts);

/// Looks at the event times that pass in one lane, where a watermark is declared.
class WatermarkObserver {
 public:
  explicit WatermarkObserver(const DeclaredWatermark& watermark) : watermark_(&watermark) {}

  /// A round of an epoch that was planned at that time.
  void begin(int64_t time_us) {
    if (watermark_->max_ahead_us) trusted_until_ = time_us + *watermark_->max_ahead_us;
  }

  /// The rows that go on: all of them, unless conditions moved in front of the watermark.
  Batch observe(const Batch& batch, NodeCounts& counts);

  /// The greatest event time of this round that may advance the watermark, cut to whole
  /// milliseconds as Spark does.
  std::optional<int64_t> take_max();

 private:
  const DeclaredWatermark* watermark_;
  int64_t trusted_until_ = std::numeric_limits<int64_t>::max();
  int64_t max_ = std::numeric_limits<int64_t>::min();     // of this round
  int64_t latest_ = std::numeric_limits<int64_t>::min();  // of all rounds
};

}  // namespace millrace

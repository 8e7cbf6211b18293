#pragma once
#include "plugins/window/aggregation_plan.hpp"
#include "plugins/window/late_rows.hpp"
#include "plugins/window/pane_groups.hpp"

namespace millrace::window {

/// The front half: aggregates the rows of one task within a round, so that what is regrouped is
/// one partial result for each (pane, key) and not every row.
class WindowFront final : public TransformTask {
 public:
  explicit WindowFront(const AggregationPlan& plan) : plan_(&plan), aggregates_(plan.aggregates) {}

  void begin(const Round& round) override { late_.begin(round, plan_->time.is_watermarked); }
  void process(int input, const Batch& batch, const Outputs& outputs) override;
  void end(const Outputs& outputs) override;

 private:
  void place(const Batch& batch);
  void report_late(const Batch& batch, const Outputs& outputs);
  void flush(const Outputs& outputs);

  const AggregationPlan* plan_;
  LateRows late_;
  Placement placement_;
  std::vector<Column> key_columns_;
  EncodedKeys keys_;
  PaneGroups table_;
  AggregateSet aggregates_;
  Buffer<uint32_t> groups_;
  SavedStates saved_;
  std::vector<Window> windows_;
};

}  // namespace millrace::window

#pragma once
#include "millrace/group_table.hpp"

#include "plugins/window/aggregation_plan.hpp"
#include "plugins/window/late_rows.hpp"
#include "plugins/window/session_gap.hpp"

namespace millrace::window {

/// The front half of session windows. A row covers [time, time + gap); rows of a key that touch
/// are collected into fragments of sessions. Which fragments make one session is for the back
/// half to say, so that a fragment may be left alone where finding a better one would cost.
class SessionFront final : public TransformTask {
 public:
  SessionFront(const AggregationPlan& plan, const SessionGap& gap)
      : plan_(&plan), gaps_of_(gap), aggregates_(plan.aggregates) {}

  void begin(const Round& round) override { late_.begin(round, plan_->time.is_watermarked); }
  void process(int input, const Batch& batch, const Outputs& outputs) override;
  void end(const Outputs& outputs) override;

 private:
  static constexpr uint32_t none = std::numeric_limits<uint32_t>::max();

  struct Fragment {
    int64_t start;
    int64_t end;
    uint32_t key;
    uint32_t previous;  // Of the same key.
  };

  void place(const Batch& batch);
  void find_fragments();
  uint32_t fragment_of(uint32_t key, int64_t start, int64_t end);
  void flush(const Outputs& outputs);

  const AggregationPlan* plan_;
  GapReader gaps_of_;
  LateRows late_;
  EncodedKeys keys_;
  std::vector<Column> key_columns_;
  Buffer<int64_t> gaps_;
  Buffer<uint32_t> rows_;
  Buffer<uint32_t> late_rows_;
  Buffer<Window> spans_;  // Of rows_.
  Buffer<int64_t> no_bucket_;
  Buffer<uint32_t> key_numbers_;
  Buffer<uint32_t> groups_;
  GroupTable table_;         // Keys.
  Buffer<uint32_t> newest_;  // Fragment of each key.
  Buffer<Fragment> fragments_;
  AggregateSet aggregates_;  // Of fragments.
  SavedStates saved_;
};

}  // namespace millrace::window

#pragma once
#include <set>

#include "millrace/group_table.hpp"

#include "plugins/window/aggregation_plan.hpp"

namespace millrace::window {

/// Windows made of a shard's panes when they close, where the state holds panes and not windows: an
/// entry is a pane's, its bucket the end of the last window that the pane is part of.
///
/// Time is cut into blocks as long as a window, so that each window is the end of one block and the
/// beginning of the next. Of the former block each key has the sums of every pane and those behind
/// it, worked out once when the block ended; of the present block it has one sum that grows. So a
/// window costs two merges for each of its keys, however many panes it has.
///
/// All of this is made of the state, and made anew when it cannot go on from what there is.
class PaneWindows {
 public:
  PaneWindows(const AggregationPlan& plan, State state, const Overlap& overlap);

  /// Partial results that go into the state, but for those of panes whose windows all end at or
  /// before `closed`.
  void add(const Batch& partials, int64_t closed);
  /// Emits the windows that end behind `after`, up to `up_to`. The state holds all panes of them.
  void emit(int64_t after, int64_t up_to, const Outputs& outputs);
  /// The state has dropped the buckets up to this one.
  void evicted(int64_t up_to);

 private:
  static constexpr uint32_t none = ~uint32_t{0};

  /// Of a key: a pane of the former block and all behind it in the block.
  struct Sum {
    int64_t pane;
    uint32_t next;  // The sum without that pane.
    size_t at;      // Where in sum_bytes_ its saved form is.
  };
  struct PaneEntry {
    int64_t pane;
    uint32_t key;
    size_t at;
  };

  void reach(int64_t end);
  void sum_up(int64_t first, int64_t block);
  void sum_pane(std::span<const PaneEntry> entries, const Buffer<char>& values);
  void grow_to(int64_t last);
  void emit_window(int64_t end, const Outputs& outputs);
  void emit_rows(const Window& window, std::span<const uint32_t> keys, const Outputs& outputs);
  uint32_t key_number(const KeyView& key, uint64_t hash);

  const AggregationPlan* plan_;
  State state_;
  Overlap overlap_;
  std::set<int64_t> panes_;  // Those that have entries.

  bool follows_ = false;          // What follows is made of the state as it is, up to pane next_.
  int64_t block_ = 0;             // Where the present block begins.
  int64_t next_ = 0;              // The first pane that growing_ does not hold.
  GroupTable keys_;               // Numbers them; the buckets are 0.
  std::vector<uint32_t> sum_of_;  // By key: the sum of the former block that is in reach.
  std::vector<Sum> sums_;
  Buffer<char> sum_bytes_;
  std::vector<uint8_t> grows_;  // By key: whether the present block has any.
  AggregateSet growing_;        // By key.

  AggregateSet scratch_;
  SavedStates saved_;
  std::vector<uint32_t> chosen_;
};

}  // namespace millrace::window

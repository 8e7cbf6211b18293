#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "plugins/window/aggregation_plan.hpp"

namespace millrace::window {

/// Merges partial results with the state some hundreds at a time, without a table of the round's
/// groups. Where a batch holds many groups, the store finds each as fast as such a table would, and
/// what they need meanwhile stays in the cache.
class StraightMerge {
 public:
  StraightMerge(const AggregationPlan& plan, State state)
      : state_(state), aggregates_(plan.aggregates) {}

  /// The bucket of a pane's groups in the state; nothing where the pane is in no window.
  using BucketOf = std::function<std::optional<int64_t>(int64_t pane)>;

  /// For panes with one bucket each. Buckets up to `closed` are left out. Returns how many groups
  /// were written.
  size_t merge(const Batch& partials, const BucketOf& bucket_of, int64_t closed);

 private:
  void write();

  State state_;
  AggregateSet aggregates_;
  // Of the groups at hand:
  std::vector<Key> keys_;
  std::vector<const char*> partials_;
  std::vector<mr_str> values_;
  std::vector<uint32_t> groups_;
  std::vector<uint32_t> found_;
  std::vector<const char*> stored_;
  SavedStates saved_;
};

}  // namespace millrace::window

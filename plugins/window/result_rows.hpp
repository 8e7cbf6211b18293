#pragma once
#include <span>

#include "plugins/window/aggregation_plan.hpp"

namespace millrace::window {

/// Makes output rows out of windows, keys and accumulators: group groups[i] has the window
/// windows[i] and the stored key keys[i].
Batch result_rows(const AggregationPlan& plan, std::span<const Window> windows,
                  std::span<const std::string_view> keys, const AggregateSet& aggregates,
                  std::span<const uint32_t> groups);

/// Collects entries of a store and emits them as output rows, a batch at a time.
class StoredRows {
 public:
  StoredRows(const AggregationPlan& plan, Port port, const Outputs& outputs)
      : plan_(&plan), port_(port), outputs_(&outputs), aggregates_(plan.aggregates) {}

  /// Copies what it is given: entries of a store may not outlive the visit.
  void add(const Window& window, std::string_view key, std::string_view saved);
  void finish();

 private:
  const AggregationPlan* plan_;
  Port port_;
  const Outputs* outputs_;
  AggregateSet aggregates_;
  std::vector<Window> windows_;
  Buffer<char> bytes_;
  std::vector<size_t> key_sizes_;
  std::vector<size_t> saved_sizes_;
};

}  // namespace millrace::window

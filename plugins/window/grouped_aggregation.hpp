#pragma once
#include "plugins/window/windowed_aggregation.hpp"

namespace millrace::window {

/// Groups by key alone, or everything in one group.
class GroupedAggregation final : public WindowedAggregation {
 public:
  GroupedAggregation(const GroupingSettings& settings, const Context& context,
                     const std::vector<Stream>& inputs)
      : WindowedAggregation(settings, context, inputs) {}
};

}  // namespace millrace::window

#pragma once
#include "plugins/window/aggregation_plan.hpp"

namespace millrace::window {

/// What every windowed transform is configured with.
struct WindowSettings : GroupingSettings {
  std::optional<Expression> time;
  std::optional<Expression> keep_windows;
};

/// The transform behind every way to group but sessions: an assigner, keys and aggregates. The
/// kinds differ in their settings and in the assigner they make.
class WindowedAggregation : public Transform {
 public:
  const Binding& binding() const final { return binding_; }
  std::unique_ptr<TransformTask> open() final;
  std::unique_ptr<ShardTask> open_shard(int shard, State state) final;

 protected:
  /// Windows over `time`, or over the input's event time.
  WindowedAggregation(const WindowSettings& settings, const Context& context,
                      const std::vector<Stream>& inputs, std::unique_ptr<const Assigner> assigner);
  /// Groups without windows. Those that have the event time among their keys close like windows.
  WindowedAggregation(const GroupingSettings& settings, const Context& context,
                      const std::vector<Stream>& inputs);

 private:
  void bind_output(const Stream& input);

  AggregationPlan plan_;
  Binding binding_;
};

}  // namespace millrace::window

#pragma once
#include "plugins/window/session_gap.hpp"
#include "plugins/window/windowed_aggregation.hpp"

namespace millrace::window {

struct SessionSettings : WindowSettings {
  std::optional<Duration> gap;
  std::optional<Expression> gap_expression;
};

/// Windows that rows make: a session lasts from its first row until `gap` after its last one.
class SessionWindow final : public Transform {
 public:
  SessionWindow(const SessionSettings& settings, const Context& context,
                const std::vector<Stream>& inputs);

  const Binding& binding() const override { return binding_; }
  std::unique_ptr<TransformTask> open() override;
  std::unique_ptr<ShardTask> open_shard(int shard, State state) override;

 private:
  AggregationPlan plan_;
  SessionGap gap_;
  Binding binding_;
};

}  // namespace millrace::window

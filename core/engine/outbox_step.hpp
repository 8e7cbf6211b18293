#pragma once
#include <optional>
#include <string>

#include "core/checkpoint/outbox.hpp"
#include "core/engine/step.hpp"
#include "core/engine/step_timer.hpp"

namespace millrace {

/// One partition of a sink that gets an epoch once it is decided: keeps its rows until then.
class OutboxStep final : public Step {
 public:
  OutboxStep(const PlannedNode& node, int32_t partition, NodeCounts& counts, StepTimer& timer);

  void begin(const RoundContext& round) override;
  void push(const Batch& batch) override;
  void end(const RoundContext& round) override;
  void abandon(const Error& cause) noexcept override;

 private:
  const OutboxAddress address_;
  const std::string part_;  // the record that begins one
  NodeCounts& counts_;
  StepTimer& timer_;
  std::optional<FormatHandle> format_;
  OutboxWriter* outbox_ = nullptr;  // of the epoch; null between epochs
};

}  // namespace millrace

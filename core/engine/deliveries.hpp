#pragma once
#include <cstdint>
#include <map>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/counts.hpp"
#include "core/plan/plan.hpp"
#include "core/system/clock.hpp"
#include "core/system/executor.hpp"

namespace millrace {

/// Gives sinks outside the decision what a decided epoch has for them: each partition of each sink
/// as one open, its rows, and close. Epochs go out one after the other, so a sink sees a
/// partition's epochs in their order, and an epoch again only where a crash left open whether it
/// has it.
class Deliveries {
 public:
  /// `plan` and the rest outlive this.
  Deliveries(const Plan& plan, Checkpoint& checkpoint, const Clock& clock, Executor& executor);

  /// Whether what an earlier run has left can be delivered by this pipeline. Throws Error{user}
  /// that says what to do where it cannot.
  void check() const;
  /// Everything that is not delivered, until every sink has it and that is noted.
  void deliver();

  /// What was delivered since the last call, by node.
  void take_counts(Counts& counts);
  /// How long that took, by sink, in microseconds.
  std::map<std::string, int64_t> take_times();

 private:
  void deliver_to(size_t node, const Outbox& outbox, const std::vector<OutboxAddress>& addresses);
  void deliver_part(const PlannedNode& node, const Outbox& outbox, const OutboxAddress& address,
                    NodeCounts& counts);
  WriterHandle& writer_of(const PlannedNode& node, const OutboxAddress& address);

  const Plan& plan_;
  Checkpoint& checkpoint_;
  const Clock& clock_;
  Executor& executor_;
  std::map<OutboxAddress, WriterHandle> writers_;
  Counts counts_;
  std::map<std::string, int64_t> times_us_;
};

}  // namespace millrace

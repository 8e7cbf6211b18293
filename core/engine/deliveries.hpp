#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/counts.hpp"
#include "core/engine/crash_suspects.hpp"
#include "core/engine/delivery_rows.hpp"
#include "core/engine/retry_pause.hpp"
#include "core/observe/metrics.hpp"
#include "core/plan/plan.hpp"
#include "core/system/executor.hpp"

namespace millrace {

/// Gives sinks outside the decision what a decided epoch has for them, and what they refuse of it
/// to the sinks that read that. Epochs go out one after the other, so a sink sees a partition's
/// epochs in their order, and an epoch again only where a crash left open whether it has it.
class Deliveries {
 public:
  /// `plan` and the rest outlive this.
  Deliveries(const Plan& plan, Checkpoint& checkpoint, RetryPause::World world,
             observe::Metrics& metrics, Executor& executor);

  /// What earlier processes died of. Outlives this.
  void suspect(const CrashSuspects& suspects) { suspects_ = &suspects; }

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
  // These two tell whether there was anything to give.
  bool deliver_to(size_t node, const Outbox& outbox);
  bool deliver_refused(size_t node, const Outbox& outbox);
  void deliver_part(size_t node, const OutboxAddress& address, const DeliveryRows& rows,
                    int64_t epoch);
  void open_writer(const PlannedNode& node, const OutboxAddress& address);
  RetryPause pause_of(size_t node, const OutboxAddress& address, int64_t epoch) const;
  void note();

  const Plan& plan_;
  Checkpoint& checkpoint_;
  const RetryPause::World world_;
  Executor& executor_;
  const CrashSuspects* suspects_ = nullptr;
  std::map<OutboxAddress, WriterHandle> writers_;
  std::vector<observe::Counter> retries_;  // by node
  std::mutex mutex_;  // of what follows, while partitions are given side by side
  DeliveryNotes notes_;
  bool noted_ = true;  // notes_ are durable as they are
  Counts counts_;
  std::map<std::string, int64_t> times_us_;
};

}  // namespace millrace

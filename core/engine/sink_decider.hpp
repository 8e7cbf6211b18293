#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "core/checkpoint/decider.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// The decider of a plan whose sinks deliver exactly once by transactions of their own: its first
/// such sink. One that the pipeline fences when it starts and whenever it recovers.
class SinkDecider final : public Decider {
 public:
  /// `plan` has a decider and outlives this.
  explicit SinkDecider(const Plan& plan);

  std::string place() const override;
  std::optional<Marker> fence(const std::string& job, const std::string& run) override;
  void decide(const Marker& marker, const EpochCommit* record) override;

  /// Opens the transaction of an epoch, before any of its rows is written.
  void begin(uint64_t epoch);
  /// How often a decision has to be made again for it not to be forgotten; 0: never.
  int64_t kept_us() const { return kept_us_; }

 private:
  SinkHandle& sink_;
  std::map<std::string, std::string> source_types_;  ///< by name
  int64_t kept_us_ = 0;
};

}  // namespace millrace

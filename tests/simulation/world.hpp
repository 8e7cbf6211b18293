#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/checkpoint/epoch_records.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/stop_signal.hpp"
#include "tests/simulation/outside.hpp"
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/simulated_clock.hpp"
#include "tests/simulation/trace.hpp"

namespace millrace::simulation {

/// A row that a sink was given, and for which epoch.
struct ShownRow {
  int64_t epoch = 0;
  std::string row;
};

/// That a promise was broken, found while it ran.
struct Violation {
  std::string what;
};

/// Everything that outlives the process, and the faults that befall it.
class World final : public Outside {
 public:
  World(const Scenario& scenario, bool aloud);

  const Scenario& scenario() const { return scenario_; }

  // Lives of the process
  // ---------------------------------------------------------------------------

  /// The process starts; `limit_us`: it is asked to stop then.
  void begin_life(int life, StopSignal& stop, int64_t limit_us);
  /// The process ended, or is torn down. What its death leaves of the disk is what stays.
  void end_life();
  bool dead() const { return dead_; }
  void die();
  /// Whether a fault befell this life that may make it fail.
  bool has_excuse() const;
  /// What was damaged and not put right.
  struct Rotten {
    FileSystem::Path path;
    std::string original;
  };
  std::vector<Rotten> rotten;
  void repair(const Rotten& file);

  // Called by components
  // ---------------------------------------------------------------------------

  void call(Side side) override;
  void violated(const std::string& what) override;
  void note(const std::string& event) override { trace.note(event); }
  Sabotage sabotage() const override { return scenario_.sabotage; }
  const Input& input(size_t index) const override { return scenario_.inputs.at(index); }
  int64_t arrived(size_t input, size_t partition) const override;
  int64_t elapsed_us() const override { return clock.elapsed_us(); }
  bool decided(int64_t epoch) const override;
  void show(const std::string& sink, int64_t epoch, const std::string& row) override;
  PartStore& parts(const std::string& sink) override { return part_stores[sink]; }
  Broker& broker() override { return log; }
  std::optional<FaultKind> decision_fault() override;
  int64_t decision_kept_us() const override { return scenario_.job.decision_kept_us; }

  bool all_has_arrived() const;
  int64_t last_arrival_us() const { return last_arrival_us_; }

  SimulatedClock clock;
  MemoryFileSystem disk;
  Broker log;
  std::map<std::string, PartStore> part_stores;
  std::map<std::string, std::vector<ShownRow>> shown;
  Trace trace;
  std::vector<EpochPlan> committed;  ///< what is committed, as far as the process was told
  std::optional<EpochPlan> ahead;    ///< the newest that a commit record had in it, or was to have
  std::optional<EpochPlan> planned;  ///< the newest plan that was written, or tried to
  std::vector<Violation> violations;

 private:
  void strike_disk(const Fault& fault, std::optional<uint64_t>& ends_at);
  void rot(const Fault& fault);
  std::optional<int64_t> next_arrival() const;

  const Scenario& scenario_;
  int64_t last_arrival_us_ = 0;
  int life_ = -1;
  StopSignal* stop_ = nullptr;
  bool dead_ = false;
  bool loses_power_ = false;
  uint64_t survivors_ = 0;
  uint64_t calls_ = 0;
  uint64_t decisions_ = 0;
  uint64_t first_operation_ = 0;
  std::vector<Fault> pending_;  // of this life, that may still strike at a call
  bool excused_ = false;
};

}  // namespace millrace::simulation

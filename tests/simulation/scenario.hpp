#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/fault.hpp"
#include "tests/simulation/input.hpp"
#include "tests/simulation/sabotage.hpp"

namespace millrace::simulation {

enum class TriggerChoice { default_, processing_time, once, available_now, continuous };
enum class ModeChoice { append, update, complete };

/// What a simulated sink promises.
enum class SinkKind {
  rows,   ///< shows rows as they come: at least once
  parts,  ///< shows an epoch when it is committed, by a receipt
  log     ///< has a transaction of its own decide
};

struct SinkChoice {
  SinkKind kind = SinkKind::rows;
  ModeChoice mode = ModeChoice::append;
  std::string name = {};
};

enum class QueryKind {
  filter,
  tumbling,
  sliding,
  session,
  running,
  distinct,
  windows_of_distinct,
  join
};

/// A transform, or two in a row, and who reads it. Lengths in microseconds.
struct Query {
  QueryKind kind = QueryKind::filter;
  std::string name;     ///< of the last transform
  int64_t size_us = 0;  ///< window; gap of a session; how far a join reaches
  int64_t slide_us = 0;
  bool distinct_in_time = false;  ///< the time is part of what makes a row distinct
  std::vector<SinkChoice> sinks;
};

/// A pipeline to run.
struct Job {
  TriggerChoice trigger = TriggerChoice::available_now;
  int64_t interval_us = 0;
  int shards = 1;
  int retain_epochs = 1;
  int64_t batch = 1;  ///< rows that an epoch takes of a partition
  bool announces = true;
  bool has_background = false;  ///< for what no epoch waits for
  uint32_t changes_in_record_max = 0;
  int64_t delay_us = 0;
  std::optional<int64_t> idle_after_us;
  bool across_max = false;
  int64_t decision_kept_us = 0;
  int64_t call_takes_us = 0;  ///< of virtual time
  std::vector<Query> queries;

  bool has(SinkKind kind) const;
  bool has(QueryKind kind) const;
  /// The pipeline file.
  std::string toml() const;
};

/// Everything that one seed decides.
struct Scenario {
  uint64_t seed = 0;
  Job job;
  std::vector<Input> inputs;  ///< of the source `events`, and of `others` where there is a join
  std::vector<Fault> faults;
  Sabotage sabotage = Sabotage::none;
};

Scenario draw(uint64_t seed);

}  // namespace millrace::simulation

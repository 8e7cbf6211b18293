#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace {

// The records of an epoch, as plain data. Texts are opaque to the checkpoint and may hold any
// bytes. To extend a record, add a member with a default here and a line in epoch_records.cpp;
// records without it stay readable, and older programs ignore it.

struct PlannedRange {
  std::string partition;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::string detail;
};

struct PlannedSource {
  std::string start_position;
  std::string end_position;
  std::vector<PlannedRange> ranges;
};

struct PlannedWatermark {
  std::int64_t late_before_us = 0;  // rows before it are late in this epoch
  std::int64_t watermark_us = 0;    // what the epoch finalizes and evicts by
};

// All that makes an epoch run the same way again. Durable before the epoch runs.
struct EpochPlan {
  std::uint64_t epoch = 0;
  std::int64_t time_us = 0;  // the epoch's clock
  std::uint32_t shards = 0;
  bool has_data = true;
  // It goes by the new watermark first, and its rows are late by that already: a continuous epoch.
  bool opens_with_watermark = false;
  std::map<std::string, PlannedSource> sources;
  std::map<std::string, PlannedWatermark> watermarks;  // by transform
  std::map<std::string, std::string> extra;            // anything else the engine must find again

  std::string parent;  // hash of the commit record before it; filled in by the checkpoint
};

enum class StateFileKind { delta, snapshot, kept };  // kept: a store's own file, see kept_files.hpp

// A file that state is made of, or changes that are so few that they are in the commit record
// itself: then name and hash are empty, and programs that know no such changes refuse the name.
// Written by the checkpoint.
struct StateFile {
  std::string name;
  StateFileKind kind = StateFileKind::delta;
  std::uint64_t epoch = 0;    // the last one whose changes it has
  std::uint64_t size = 0;     // bytes of the file, or of the content
  std::uint64_t payload = 0;  // bytes of state in it
  std::string hash;
  bool grows = false;        // kept only: a copy of what the store still appends to
  std::string content = {};  // see state_records.hpp

  bool in_record() const { return !content.empty(); }
};

// The rows of an epoch for sinks that get them once it is decided; written by the checkpoint.
struct OutboxFile {
  std::string name;
  std::uint64_t size = 0;  // bytes of the file
  std::uint64_t rows = 0;
  std::string hash;
};

// That an epoch is done, and what the next one starts from. Durable after the epoch ran. Where the
// pipeline has a decider it only prepares the epoch, and the decider's marker names its hash.
struct EpochCommit {
  std::uint64_t epoch = 0;
  std::int64_t time_us = 0;                      // when it was committed
  std::map<std::string, std::string> positions;  // where each source goes on, by source
  std::map<std::string, std::string> receipts;   // what each sink handed over, by sink
  std::string watermark_state;                   // the engine's, opaque
  std::map<std::string, std::int64_t> counters;  // totals since the checkpoint began
  std::map<std::string, std::string> extra;
  std::string state_store;                          // whose own files the state is in; else empty
  std::map<std::string, std::int64_t> state_bytes;  // of those files, by transform, about

  // The plan of the epoch after it, where that follows at once and reads nothing: such a plan is
  // durable with this record and has no file of its own. Its `parent` is empty.
  std::optional<EpochPlan> next;

  std::string decider;               // who decides on it; empty: it is the decision itself
  std::string plan_hash;             // of the file that its plan is in; filled in by the checkpoint
  bool planned_before = false;       // that file is the commit record before it; filled in, too
  std::optional<OutboxFile> outbox;  // filled in by the checkpoint
  std::vector<StateFile> state_files;  // filled in by the checkpoint: a snapshot and the deltas
                                       // after it, or a store's own files
};

std::string to_json(const EpochPlan& plan);
std::string to_json(const EpochCommit& commit);

// Throws std::exception where the text is not such a record; the caller knows the file's name.
EpochPlan epoch_plan_from_json(const std::string& json);
EpochCommit epoch_commit_from_json(const std::string& json);

}  // namespace millrace

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/recovery.hpp"
#include "core/system/file_system.hpp"

namespace millrace {

// What a checkpoint holds, for people. Takes no lock and changes nothing, so it may look at one
// that is in use; what the pipeline removes meanwhile is left out.

struct InspectedFile {
  EpochFileName name;
  std::uint64_t size = 0;
  std::string problem;  // why it cannot be used; empty: every byte of it was verified
};

struct InspectedEpoch {
  std::optional<EpochPlan> plan;
  std::optional<EpochCommit> commit;  // none: planned only, and run again after a restart
};

// What one transform keeps, in all files that the newest epoch stands on.
struct InspectedState {
  std::uint32_t shards = 0;  // that have any
  std::uint64_t bytes = 0;
};

// Rows of the newest epoch that sinks may not have yet.
struct InspectedDelivery {
  std::set<std::uint32_t> partitions;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

struct Inspection {
  CheckpointFormat format;
  std::map<std::uint64_t, InspectedEpoch> epochs;
  std::optional<std::uint64_t> newest;                   // the newest committed epoch
  std::map<std::string, InspectedState> state;           // of it, by transform
  std::map<std::string, InspectedDelivery> undelivered;  // of it, by sink
  std::vector<InspectedFile> files;
  std::vector<std::string> problems;  // why a pipeline would not start from it

  std::uint64_t bytes() const;
};

// Throws a CheckpointError where the directory is no checkpoint, or its FORMAT cannot be read.
Inspection inspect_checkpoint(FileSystem& files, const std::filesystem::path& directory);

}  // namespace millrace

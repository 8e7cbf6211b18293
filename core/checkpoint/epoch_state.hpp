#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/kept_files.hpp"
#include "core/checkpoint/parted_snapshot.hpp"
#include "core/checkpoint/state_files.hpp"

namespace millrace {

// The state of one epoch: a file of changes or a whole snapshot, a part of a snapshot under way, or
// a store's own files.
class EpochState final : public StateWriter {
 public:
  // `snapshot` is null if none is under way.
  EpochState(StateFileWriter changes, FileKeeper keeper, PartedSnapshot* snapshot)
      : changes_(std::move(changes)), keeper_(std::move(keeper)), snapshot_(snapshot) {}

  bool snapshot() const override { return changes_.kind() == StateFileKind::snapshot; }
  void begin(std::string_view component, std::uint32_t shard) override {
    changes_.begin(component, shard);
  }
  void append(std::string_view record) override { changes_.append(record); }
  SnapshotWriter* part() override;
  void keep(const std::filesystem::path& path, std::uint64_t bytes, bool grows) override;

  std::uint64_t epoch() const { return changes_.epoch(); }

  // Makes it durable. What the chain of the epoch before becomes.
  std::vector<StateFile> finish(std::vector<StateFile> chain);

 private:
  StateFileWriter changes_;
  FileKeeper keeper_;
  bool keeps_ = false;
  PartedSnapshot* snapshot_;
};

}  // namespace millrace

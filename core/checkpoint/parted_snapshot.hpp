#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/state_files.hpp"
#include "core/system/background.hpp"

namespace millrace {

// A snapshot that is written a part per epoch, so that no epoch pays for all of it. It stands for
// the state after the epoch in which it began, once the changes of the epochs since are applied to
// it; until it is durable, commit records name the chain that was there before.
class PartedSnapshot final : public SnapshotWriter {
 public:
  PartedSnapshot(FileSystem& files, const std::filesystem::path& directory,
                 const WriterIdentity& writer, std::uint64_t epoch, Background& background);
  ~PartedSnapshot() override;
  PartedSnapshot(const PartedSnapshot&) = delete;
  PartedSnapshot& operator=(const PartedSnapshot&) = delete;

  bool begins() const override { return begins_; }
  std::uint64_t bytes_wanted() const override { return wanted_; }
  void begin(std::string_view component, std::uint32_t shard) override;
  void append(std::string_view record) override;
  void finish() override;

  // Whether its first part was written; the epoch in which it was to begin may have had no state.
  bool begun() const { return publishing_ || !begins_; }
  // Whether it takes more, and how much in this epoch, whose changes took so many bytes.
  bool open() const { return !publishing_; }
  void next_epoch(std::uint64_t change_bytes);

  std::uint64_t epoch() const { return file_.epoch(); }
  // The file, once it is durable, without a name if there was nothing to write; throws what kept it
  // from that.
  std::optional<StateFile> published();

 private:
  StateFileWriter file_;
  Background& background_;
  bool begins_ = true;
  bool publishing_ = false;
  std::uint64_t wanted_ = 0;
  StateFile written_;
};

// What a chain becomes when a snapshot takes the place of all that came before it.
std::vector<StateFile> rebase(const std::vector<StateFile>& chain, const StateFile& snapshot);

}  // namespace millrace

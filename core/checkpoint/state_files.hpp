// State on disk. Each epoch that changes state writes one file, a container of the records of
// state_records.hpp. A delta holds what changed, a snapshot all there is. The state of an epoch is
// a chain: a snapshot and the deltas after it, named in the epoch's commit record; or files that a
// store keeps itself, see kept_files.hpp.
//
// A file costs two fsyncs, so few changes have none: they stay in the commit record, the last link
// of the chain, and each commit record after it carries them on, those of its own epoch behind
// them. Once they are too many, the epoch's file begins with them.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/container.hpp"
#include "core/checkpoint/durable_file.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/epoch_records.hpp"

namespace millrace {

// Whether the next file should be a snapshot: when there is nothing to change, or the deltas of the
// chain cost more than half of its snapshot to read, or are many. Small states are not rewritten
// for every few changes.
bool needs_snapshot(const std::vector<StateFile>& chain);

// Whether the state is in a store's own files.
bool keeps_files_of_its_own(const std::vector<StateFile>& chain);

// Whether changes can be added to it, if need be: it is not empty, and no store's own.
bool is_extendable(const std::vector<StateFile>& chain);

// The chain with one more file, or with changes that stay in the commit record. Either has in it
// what the chain had in the record before.
std::vector<StateFile> extend(std::vector<StateFile> chain, const StateFile& file);

class StateFileWriter {
 public:
  StateFileWriter(FileSystem& files, const std::filesystem::path& directory,
                  const WriterIdentity& writer, std::uint64_t epoch, StateFileKind kind);

  // For a delta, before anything is appended: its changes need no file as long as they and those
  // that `chain` has in the commit record take at most so many bytes there.
  void stay_in_record(const std::vector<StateFile>& chain, std::uint32_t bytes_max);

  void begin(std::string_view component, std::uint32_t shard);
  void append(std::string_view record);

  StateFileKind kind() const { return kind_; }
  std::uint64_t epoch() const { return name_.epoch; }
  std::uint64_t payload() const { return payload_; }

  // Publishes the file, or gives what stays in the commit record; nothing if it would change
  // nothing, which a snapshot without entries does.
  std::optional<StateFile> finish();

 private:
  void write(std::uint8_t type, std::string_view record);
  void open_file();

  FileSystem& files_;
  std::filesystem::path directory_;
  ContainerHeader header_;
  EpochFileName name_;
  StateFileKind kind_;
  std::string section_;  // the section to write before the next record
  bool section_begun_ = false;
  std::uint64_t payload_ = 0;          // of this epoch's changes
  std::uint32_t in_record_max_ = 0;    // bytes
  StateFile before_;                   // what the chain has in the commit record
  std::string held_;                   // this epoch's changes, until there is a file
  std::unique_ptr<DurableFile> file_;  // opened with the first record that needs it
  std::unique_ptr<ContainerWriter> container_;
};

// Finds the records of a component's shard in a verified chain.
class StateChain {
 public:
  using Owner = std::pair<std::string, std::uint32_t>;  // component and shard

  // Verifies each file of the chain, also against what the commit record says of it.
  StateChain(const FileSystem& files, const std::filesystem::path& directory, const Uuid& job,
             const std::vector<StateFile>& chain);

  void load(std::string_view component, std::uint32_t shard,
            const Checkpoint::StateVisitor& visit) const;

  // Bytes of state, by owner.
  std::map<Owner, std::uint64_t> sizes() const;

 private:
  struct Section {
    std::optional<std::size_t> file;  // none: `records` has it
    RecordPlace place;
    std::uint64_t end = 0;  // offset of the section after it
    std::string records = {};
  };

  void add(const StateFile& in_record);
  void add(const FileSystem& files, const std::filesystem::path& path, const Uuid& job,
           const StateFile& expected);

  std::vector<std::unique_ptr<ContainerReader>> files_;
  std::map<Owner, std::vector<Section>> sections_;
};

}  // namespace millrace

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/checkpoint/durable_file.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/epoch_records.hpp"
#include "core/system/file_system.hpp"

namespace millrace {

// Files that a store keeps its state in, with content of its own. Where a file never changes, the
// checkpoint keeps another name for it; of one that grows, a copy of what belongs to the epoch. An
// epoch's state is made of all of them, but only those that are new cost anything.

// Keeps the files of one epoch.
class FileKeeper {
 public:
  // `chain` is the state of the epoch before.
  FileKeeper(FileSystem& files, const std::filesystem::path& directory,
             const WriterIdentity& writer, std::uint64_t epoch,
             const std::vector<StateFile>& chain);

  // The first `bytes` of a file, whose content is durable.
  void keep(const std::filesystem::path& path, std::uint64_t bytes, bool grows);

  // Makes them durable. The epoch's state; those of this epoch are new.
  std::vector<StateFile> finish();

 private:
  const StateFile* known(const std::string& own_name, std::uint64_t bytes) const;
  void copy(const std::filesystem::path& from, StateFile& to);

  FileSystem& files_;
  const std::filesystem::path directory_;
  const WriterIdentity writer_;
  const std::uint64_t epoch_;
  const std::vector<StateFile>& chain_;
  std::vector<StateFile> kept_;
  std::vector<std::unique_ptr<DurableFile>> copies_;  // not published yet
  bool linked_ = false;
};

// Throws a CheckpointError where the file is not the one that its epoch committed.
void verify_kept_file(const FileSystem& files, const std::filesystem::path& directory,
                      const StateFile& file);

// Gives a store's directory, which is empty, the files of a chain, under the store's names.
void restore_kept_files(FileSystem& files, const std::filesystem::path& directory,
                        const std::vector<StateFile>& chain, const std::filesystem::path& to);

}  // namespace millrace

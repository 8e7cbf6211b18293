#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/recovery.hpp"
#include "core/system/file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {

// What a checkpoint that is there was made with: an operator need not know its pipeline's name.
CheckpointOptions options_of(const FileSystem& files, const std::filesystem::path& directory);

// The directory itself: that it is ours and only ours, its FORMAT file, and the files in it.
class CheckpointDirectory {
 public:
  // Creates what is missing, takes the lock, removes what was being written when a process died.
  CheckpointDirectory(FileSystem& files, const Clock& clock, Rng& rng,
                      const std::filesystem::path& directory, const CheckpointOptions& options);

  const CheckpointFormat& format() const { return format_; }
  const WriterIdentity& writer() const { return writer_; }

  std::filesystem::path epochs() const { return directory_ / "epochs"; }
  std::filesystem::path state() const { return directory_ / "state"; }
  std::filesystem::path outbox() const { return directory_ / "outbox"; }
  std::filesystem::path work() const { return directory_ / "work"; }

  // Plans, commit records and state files that are there.
  std::vector<EpochFileName> epoch_files() const;

  // Keeps the list of files without reading the directory again.
  void added(const EpochFileName& name, std::uint64_t size);
  void remove(const EpochFileName& name);
  void sync();  // makes all names in it durable

  std::uint64_t total_bytes() const;

 private:
  void check_ownership() const;
  void take_lock();
  void sync_above();
  void clean(const std::filesystem::path& directory);
  void remove_all(const std::filesystem::path& path);
  void create_format(const CheckpointOptions& options, std::int64_t now_us, const Uuid& job);
  void read_format(const CheckpointOptions& options);
  void require_unused() const;
  void list(const std::filesystem::path& directory);
  std::filesystem::path path_of(const EpochFileName& name) const;

  FileSystem& files_;
  const std::filesystem::path directory_;
  std::unique_ptr<FileLock> lock_;
  CheckpointFormat format_;
  WriterIdentity writer_;
  std::map<std::string, std::uint64_t> sizes_;  // of the epoch files, by name
};

}  // namespace millrace

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/system/file_system.hpp"

namespace millrace {

class Rng;

// Thrown at the operation where the machine is told to lose power. It is no Error on purpose: no
// code may handle it.
struct PowerLost {};

enum class DiskFault {
  no_space,   // a write stores half of its bytes, then fails; anything else fails
  io_error,   // the operation fails; a failed sync() loses the content for good
  read_only,  // the operation fails
  lie,        // a write or a flush answers as if it was done, and is not; anything else is done
};

// Files in memory that behave like a disk with a volatile cache: what was not synced is lost by
// power_loss(), names in a directory that was not synced too. Thread-safe.
//
// "Operations" are those that change something: create, write, sync, rename, link, remove,
// directory creation and directory sync. They are counted, and the n-th from now can fail or lose
// power.
class MemoryFileSystem final : public FileSystem {
 public:
  explicit MemoryFileSystem(std::int64_t now_us = 0, std::uint32_t user = 1000);
  ~MemoryFileSystem() override;

  std::uint64_t operations() const;

  // The operation `after` operations from now (0 is the next one) fails; later ones work again.
  void fail_operation(std::uint64_t after, DiskFault fault);
  // That operation does not happen; it and all later ones throw PowerLost until power_loss().
  void lose_power_at_operation(std::uint64_t after);
  // Whether that operation has come.
  bool lost_power() const;

  // Forgets everything that was not made durable and lets go of all locks. With `survivors`, a
  // random part survives instead: of each directory a prefix of the changes of names, of each file
  // a prefix of its new bytes, some sectors of which may be zeros.
  void power_loss(Rng* survivors = nullptr);

  // Whether the file would be found again, whole, after a power loss now.
  bool is_durable(const Path& path) const;

  // What a killed process leaves: everything that was written, no locks. Clears the planned faults.
  void process_death();

  // Damage done by hand, durable at once.
  void replace_content(const Path& path, std::string bytes);
  void set_owner(const Path& path, std::uint32_t owner);
  void set_mode(const Path& path, std::uint32_t mode);

  std::unique_ptr<WritableFile> create(const Path& path) override;
  std::unique_ptr<ReadableFile> open(const Path& path) const override;
  void rename(const Path& from, const Path& to) override;
  bool link(const Path& from, const Path& to) override;
  void remove(const Path& path) override;
  std::vector<std::string> list(const Path& directory) const override;
  void make_directories(const Path& directory) override;
  void sync_directory(const Path& directory) override;
  std::optional<FileStatus> status(const Path& path) const override;
  std::unique_ptr<FileLock> try_lock(const Path& path) override;
  std::uint32_t user() const override { return user_; }

 private:
  struct Node;
  struct NameChange;
  class Writer;
  class Reader;
  class Lock;
  using Names = std::map<std::string, std::shared_ptr<Node>>;

  std::optional<DiskFault> begin_operation();
  void refuse(std::optional<DiskFault> fault, const char* action, const Path& path) const;
  Node& existing(const Path& path, const char* action) const;
  void require_parent(const std::string& path, const char* action) const;
  void change(NameChange change);
  void keep_some_names(Rng& survivors);
  static std::string torn(const Node& node, Rng& survivors);
  static void apply(const NameChange& change, Names& names);

  mutable std::mutex mutex_;
  const std::int64_t now_us_;
  const std::uint32_t user_;
  Names names_;                      // what the process sees
  Names durable_names_;              // what survives
  std::vector<NameChange> pending_;  // the difference, in order
  std::set<std::string> locked_;
  std::uint64_t operations_ = 0;
  std::uint64_t life_ = 0;  // rises with each power loss: old handles are dead
  std::optional<std::uint64_t> power_ends_at_;
  bool lost_power_ = false;
  std::map<std::uint64_t, DiskFault> faults_;
};

}  // namespace millrace

#pragma once

#include <filesystem>
#include <string>

#include "core/checkpoint/container.hpp"
#include "core/checkpoint/epoch_records.hpp"
#include "core/checkpoint/recovery.hpp"
#include "core/system/file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {

// Who writes: the checkpoint's id and this process's.
struct WriterIdentity {
  Uuid job{};
  Uuid run{};

  std::string run_text() const { return to_text(run).substr(0, 8); }
  std::string run_full_text() const { return to_text(run); }
};

// A record and the hash of the file that it came from.
template <typename Record>
struct Logged {
  Record record;
  ContainerSummary file;
};

// The plan and commit records, one durable file each.
class EpochLog {
 public:
  EpochLog(FileSystem& files, std::filesystem::path directory, const WriterIdentity& writer);

  ContainerSummary write(const EpochPlan& plan);
  ContainerSummary write(const EpochCommit& commit);

  // A file that is torn, changed, of another epoch or of another checkpoint is refused.
  Logged<EpochPlan> read_plan(const EpochFileName& name) const;
  Logged<EpochCommit> read_commit(const EpochFileName& name) const;

 private:
  ContainerSummary write(const EpochFileName& name, ContainerKind kind, const std::string& json);
  template <typename Record, typename Parse>
  Logged<Record> read(const EpochFileName& name, ContainerKind kind, Parse parse) const;

  FileSystem& files_;
  const std::filesystem::path directory_;
  const WriterIdentity writer_;
};

}  // namespace millrace

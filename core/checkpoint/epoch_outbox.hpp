#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/checkpoint/checkpoint_directory.hpp"
#include "core/checkpoint/outbox_file.hpp"

namespace millrace {

// The outbox of the epoch that runs, and that of the newest committed one until sinks have it.
//
// That they have it is noted in the name of an empty file beside the commit record. Nothing is
// flushed for it: a note that the power takes back only makes the rows go out once more. It is
// durable with the next plan, and the rows are removed only after the next commit.
class EpochOutbox {
 public:
  EpochOutbox(FileSystem& files, CheckpointDirectory& directory)
      : files_(files), directory_(directory) {}

  OutboxWriter& begin(std::uint64_t epoch);
  // Makes durable what the epoch keeps; nothing where it keeps nothing.
  std::optional<OutboxFile> publish(std::uint64_t epoch);

  // The epoch of `record` is the newest committed one, and sinks have not got its file yet.
  void decided(const EpochFileName& record, const std::optional<OutboxFile>& file);
  const Outbox* undelivered() const { return undelivered_.get(); }
  void delivered();

  // The file that a restart needs; empty: none.
  const std::string& needed() const { return needed_; }

 private:
  FileSystem& files_;
  CheckpointDirectory& directory_;
  std::unique_ptr<OutboxFileWriter> writer_;
  std::unique_ptr<OutboxFileReader> undelivered_;
  std::string needed_;
  EpochFileName record_;
};

}  // namespace millrace

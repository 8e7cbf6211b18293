#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/checkpoint/checkpoint_directory.hpp"
#include "core/checkpoint/delivery_notes_file.hpp"
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
  const DeliveryNotes& notes() const { return notes_; }
  // A file of its own each time: the one before stays until this one is durable.
  void note(const DeliveryNotes& notes);
  void delivered();

  // The files that a restart needs.
  std::set<std::string> needed() const;

 private:
  void find_notes();

  FileSystem& files_;
  CheckpointDirectory& directory_;
  std::unique_ptr<OutboxFileWriter> writer_;
  std::unique_ptr<OutboxFileReader> undelivered_;
  EpochFileName record_;
  std::optional<OutboxFile> file_;  // of that epoch, until the next one is committed
  DeliveryNotes notes_;
  std::uint64_t noted_ = 0;  // the highest number of its notes
  std::string notes_name_;   // of the file; empty: none
};

}  // namespace millrace

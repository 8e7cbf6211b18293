#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/checkpoint/checkpoint_directory.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/epoch_outbox.hpp"
#include "core/checkpoint/epoch_records.hpp"

namespace millrace {

// Gives up what the newest committed epoch kept for a sink that will never take it: the next start
// passes that sink over. A note says so, as others do of rows that a sink refused, and makes no
// difference to any other sink.

struct DiscardPreview {
  CheckpointFormat format;
  EpochCommit newest;
  std::map<std::string, Outbox::Part> waiting;  // by sink; of those that are not given up already
};

class Discard {
 public:
  // Holds the checkpoint's lock until destroyed. Throws a CheckpointError where the checkpoint is
  // in use, nothing waits, or no epoch is known to be committed.
  Discard(FileSystem& files, const Clock& clock, Rng& rng, const std::filesystem::path& directory);

  const DiscardPreview& preview() const { return preview_; }
  void carry_out(const std::string& sink);

 private:
  void find(FileSystem& files);

  CheckpointDirectory directory_;
  EpochOutbox outbox_;
  DiscardPreview preview_;
};

}  // namespace millrace

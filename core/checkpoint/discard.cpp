#include "core/checkpoint/discard.hpp"

#include <algorithm>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/decided_epochs.hpp"

namespace millrace {

Discard::Discard(FileSystem& files, const Clock& clock, Rng& rng,
                 const std::filesystem::path& directory)
    : directory_(files, clock, rng, directory, options_of(files, directory)),
      outbox_(files, directory_) {
  directory_.sync();
  find(files);
}

void Discard::find(FileSystem& files) {
  const RecoveryDecision found =
      decide_or_refuse(directory_, "Start the pipeline once, which settles what was decided");
  if (!found.commit)
    throw CheckpointError(CheckpointFault::incompatible,
                          "no epoch is committed yet: no sink waits for anything");
  const EpochLog log(files, directory_.epochs(), directory_.writer());
  const auto decided = decided_commits(log, directory_.epoch_files());
  if (std::find(decided.begin(), decided.end(), *found.commit) == decided.end())
    throw CheckpointError(CheckpointFault::incompatible,
                          "epoch " + std::to_string(found.commit->epoch) +
                              " was prepared, and only Kafka knows whether it is committed. Start "
                              "the pipeline once, which asks, then discard");
  preview_.format = directory_.format();
  preview_.newest = log.read_commit(*found.commit).record;
  if (preview_.newest.outbox && !was_delivered(directory_.epoch_files(), *found.commit)) {
    outbox_.decided(*found.commit, preview_.newest.outbox);
    for (const auto& [address, part] : outbox_.undelivered()->parts()) {
      if (outbox_.notes().discarded.contains(address.sink)) continue;
      Outbox::Part& waiting = preview_.waiting[address.sink];
      waiting.records += part.records;
      waiting.rows += part.rows;
      waiting.bytes += part.bytes;
    }
  }
  if (preview_.waiting.empty())
    throw CheckpointError(CheckpointFault::incompatible,
                          "nothing waits: every sink has all that was committed up to epoch " +
                              std::to_string(preview_.newest.epoch));
}

void Discard::carry_out(const std::string& sink) {
  as_checkpoint_error([&] {
    DeliveryNotes notes = outbox_.notes();
    notes.discarded.insert(sink);
    outbox_.note(notes);
  });
}

}  // namespace millrace

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/checkpoint/epoch_records.hpp"
#include "core/checkpoint/outbox.hpp"
#include "core/checkpoint/verdict.hpp"

namespace millrace {

class Background;
class Clock;
class FileSystem;
class Rng;

// A checkpoint is what outlives the process. For each epoch, in this order:
//
//     checkpoint.write_plan(plan);                       before it runs
//     ... run it ...
//     auto state = checkpoint.begin_state(epoch, form);  nullptr if state is not kept
//     for each component and shard with something to save:
//       state->begin(component, shard); state->append(bytes); ...
//     checkpoint.commit(commit, std::move(state));       now it is decided
//     ... give sinks what undelivered() has for them ...
//     checkpoint.delivered();                            before the next plan
//
// A commit record may hold the plan of the next epoch, which then is not written again.
//
// With a decider, commit() makes the epoch durable, then has it decide; a restart asks it what it
// decided (verdict.hpp).
//
// After a restart recovered() says where to go on, and load_state() gives back what was appended.
// Anything that fails throws a CheckpointError; the epoch is then undecided and the process must
// start again from open().

// A snapshot that is written some at a time over several epochs, beside their changes: of what is
// alive when it begins, each entry once, as it is when it is written or was when it began.
class SnapshotWriter {
 public:
  virtual ~SnapshotWriter() = default;

  // True until something was appended: this epoch's state is where it begins.
  virtual bool begins() const = 0;
  // How many bytes more to append in this epoch, about.
  virtual std::uint64_t bytes_wanted() const = 0;
  virtual void begin(std::string_view component, std::uint32_t shard) = 0;
  virtual void append(std::string_view record) = 0;
  // Everything was appended.
  virtual void finish() = 0;
};

// How the stores of a pipeline write themselves down.
enum class StateForm {
  pieces,  // what changed, or now and then everything at once
  parts,   // what changed, and everything some at a time
  files,   // in files of their own
};

// Takes the state of one epoch. Not thread-safe; appending is a copy into a buffer.
class StateWriter {
 public:
  virtual ~StateWriter() = default;

  // True: everything that is alive must be appended. False: what changed in this epoch, in a form
  // that can be applied after the records of the epochs before.
  virtual bool snapshot() const = 0;

  virtual void begin(std::string_view component, std::uint32_t shard) = 0;
  virtual void append(std::string_view record) = 0;

  // The snapshot that wants a part in this epoch, null for none. Changes are appended before.
  virtual SnapshotWriter* part() = 0;

  // In place of records: the first `bytes` of a file of a store, all of those that its state is
  // made of. One that does not grow never changes.
  virtual void keep(const std::filesystem::path& path, std::uint64_t bytes, bool grows) = 0;
};

struct CheckpointOptions {
  std::string pipeline;              // name; another pipeline's checkpoint is refused
  std::uint32_t shards = 0;          // for a new checkpoint; an existing one keeps its own
  std::uint64_t retain_epochs = 10;  // committed epochs to keep, at least 1
  Decider* decider = nullptr;        // outlives the checkpoint
  Assumption assumption = {};
  Background* background = nullptr;  // for what no epoch should wait for; null: they wait
  // Changes of state that take at most so many bytes are in the commit record and have no file.
  std::uint32_t changes_in_record_max = 4096;
};

// Fixed when the checkpoint was created.
struct CheckpointFormat {
  std::string job_id;
  std::string pipeline;
  std::uint32_t shards = 0;
  std::int64_t created_us = 0;
};

struct Recovered {
  std::optional<EpochCommit> last;  // the newest committed epoch; none in a fresh checkpoint
  std::optional<EpochPlan> rerun;   // planned after it but not committed: to be run again as it is
  std::string remark;               // what people should know of the decision; most often empty

  std::uint64_t next_epoch() const { return last ? last->epoch + 1 : 0; }
};

struct CommitSize {
  std::uint64_t files = 0;  // files of the checkpoint that were written for the epoch
  std::uint64_t bytes = 0;  // bytes in them
  bool snapshot = false;    // the state was written whole
};

class Checkpoint {
 public:
  using StateVisitor = std::function<void(std::string_view record)>;

  // Opens the checkpoint in `directory`, creates it if there is none, and holds its lock until
  // destroyed. Throws a CheckpointError if it is in use, damaged or of another pipeline.
  static std::unique_ptr<Checkpoint> open(FileSystem& files, const Clock& clock, Rng& rng,
                                          const std::filesystem::path& directory,
                                          const CheckpointOptions& options);

  // For a pipeline without a checkpoint: always fresh, keeps nothing.
  static std::unique_ptr<Checkpoint> none(const Clock& clock, Rng& rng,
                                          const CheckpointOptions& options);

  virtual ~Checkpoint() = default;

  virtual bool durable() const = 0;
  virtual const CheckpointFormat& format() const = 0;
  virtual const Recovered& recovered() const = 0;

  // Calls `visit` with each record of the component's shard, oldest first, a snapshot's before
  // those of later deltas. Thread-safe, until the first commit.
  virtual void load_state(std::string_view component, std::uint32_t shard,
                          const StateVisitor& visit) const = 0;

  // Whether the newest epoch's state is in a store's own files, of which load_state knows nothing.
  virtual bool keeps_files() const = 0;

  // A directory for the files of a store of that name, gone when the checkpoint is opened again.
  // With `restored`, it holds the files that the newest epoch kept; else nothing.
  virtual std::filesystem::path work_directory(const std::string& store, bool restored) = 0;

  // The epoch must be the one after the last committed one, and a plan that recovered() handed out
  // must not be written again.
  virtual void write_plan(EpochPlan plan) = 0;

  // A writer if state is kept. It may be dropped: then the epoch changed no state.
  virtual std::unique_ptr<StateWriter> begin_state(std::uint64_t epoch, StateForm form) = 0;

  // Takes what sinks are to be given once the epoch is decided; commit() makes it durable with it.
  // Valid until then.
  virtual OutboxWriter& begin_outbox(std::uint64_t epoch) = 0;

  virtual CommitSize commit(EpochCommit commit, std::unique_ptr<StateWriter> state) = 0;

  // What the newest committed epoch has for sinks that may not have it yet; null: nothing.
  virtual const Outbox* undelivered() const = 0;
  // What an earlier delivery of it found out.
  virtual const DeliveryNotes& delivery_notes() const = 0;
  // Makes it durable. Not thread-safe.
  virtual void note(const DeliveryNotes& notes) = 0;
  // They have all of it. An epoch is planned only after that.
  virtual void delivered() = 0;

  // Has the decider hear of the newest decision once more, between epochs: one that hears nothing
  // for days forgets. Only with a decider.
  virtual void repeat_decision() = 0;

  // Bytes of all files in the checkpoint.
  virtual std::uint64_t total_bytes() const = 0;
};

}  // namespace millrace

#include "core/checkpoint/durable_checkpoint.hpp"

#include <utility>

#include "millrace/crash_point.hpp"

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/epoch_state.hpp"
#include "core/checkpoint/kept_files.hpp"

namespace millrace {

DurableCheckpoint::DurableCheckpoint(FileSystem& files, const Clock& clock, Rng& rng,
                                     const std::filesystem::path& directory,
                                     const CheckpointOptions& options)
    : files_(files),
      background_(options.background == nullptr ? at_once_ : *options.background),
      directory_(files, clock, rng, directory, options),
      log_(files, directory_.epochs(), directory_.writer()),
      outbox_(files, directory_),
      retention_(options.retain_epochs),
      decider_(options.decider),
      assumption_(options.assumption),
      changes_in_record_max_(options.changes_in_record_max) {
  recover();
}

void DurableCheckpoint::load_state(std::string_view component, std::uint32_t shard,
                                   const StateVisitor& visit) const {
  if (loaded_) as_checkpoint_error([&] { loaded_->load(component, shard, visit); });
}

bool DurableCheckpoint::keeps_files() const { return keeps_files_of_its_own(chain_); }

std::filesystem::path DurableCheckpoint::work_directory(const std::string& store, bool restored) {
  return as_checkpoint_error([&] {
    std::filesystem::path directory = directory_.work() / store;
    files_.make_directories(directory);
    if (restored) restore_kept_files(files_, directory_.state(), chain_, directory);
    return directory;
  });
}

void DurableCheckpoint::begin_step(std::uint64_t epoch) {
  if (undecided_) {
    throw CheckpointError(CheckpointFault::unusable,
                          "the checkpoint failed before; only a restart can tell what it holds");
  }
  if (epoch != next_epoch_) {
    throw Error::internal("the checkpoint expects epoch " + std::to_string(next_epoch_) + ", not " +
                          std::to_string(epoch));
  }
}

void DurableCheckpoint::write_plan(EpochPlan plan) {
  begin_step(plan.epoch);
  if (outbox_.undelivered() != nullptr)
    throw Error::internal("an epoch is planned before sinks have the one before it");
  if (!plan_hash_.empty()) throw Error::internal("the epoch was planned before");
  plan.parent = commit_hash_;
  undecided_ = true;
  const ContainerSummary written = as_checkpoint_error([&] { return log_.write(plan); });
  undecided_ = false;
  plan_hash_ = written.hash;
  directory_.added({plan.epoch, directory_.writer().run_text(), EpochFileKind::plan}, written.size);
}

// From now on the chain begins with the snapshot that was written meanwhile.
void DurableCheckpoint::adopt_snapshot() {
  if (!snapshot_) return;
  const std::optional<StateFile> file = snapshot_->published();
  if (!file) return;
  chain_ = rebase(chain_, *file);
  snapshot_.reset();
  if (file->name.empty()) return;
  directory_.added(*parse_epoch_file_name(file->name), file->size);
  adopted_ = file;
}

std::unique_ptr<StateWriter> DurableCheckpoint::begin_state(std::uint64_t epoch, StateForm form) {
  begin_step(epoch);
  adopt_snapshot();
  const bool due = needs_snapshot(chain_);
  const bool whole = due && (form == StateForm::pieces || !is_extendable(chain_));
  if (whole) snapshot_.reset();
  if (due && !whole && form == StateForm::parts && (!snapshot_ || !snapshot_->begun()))
    snapshot_ = std::make_unique<PartedSnapshot>(files_, directory_.state(), directory_.writer(),
                                                 epoch, background_);
  StateFileWriter changes(files_, directory_.state(), directory_.writer(), epoch,
                          whole ? StateFileKind::snapshot : StateFileKind::delta);
  // The snapshot takes the place of all changes up to this epoch's, so no later file may hold any.
  const bool begins = snapshot_ && snapshot_->epoch() == epoch;
  if (!whole) changes.stay_in_record(chain_, begins ? 0 : changes_in_record_max_);
  return std::make_unique<EpochState>(
      std::move(changes),
      FileKeeper(files_, directory_.state(), directory_.writer(), epoch, chain_), snapshot_.get());
}

void DurableCheckpoint::publish_state(std::unique_ptr<StateWriter> state, std::uint64_t epoch,
                                      CommitSize& size) {
  auto* writer = dynamic_cast<EpochState*>(state.get());
  if (writer == nullptr || writer->epoch() != epoch) {
    throw Error::internal("the state writer is not of this epoch");
  }
  chain_ = writer->finish(std::move(chain_));
  for (const StateFile& file : chain_) {
    if (file.epoch != epoch || file.in_record()) continue;
    directory_.added(*parse_epoch_file_name(file.name), file.size);
    size.files += 1;
    size.bytes += file.size;
    size.snapshot = file.kind == StateFileKind::snapshot;
  }
  if (!adopted_) return;
  size.files += 1;
  size.bytes += adopted_->size;
  size.snapshot = true;
  adopted_.reset();
}

OutboxWriter& DurableCheckpoint::begin_outbox(std::uint64_t epoch) {
  begin_step(epoch);
  return outbox_.begin(epoch);
}

CommitSize DurableCheckpoint::commit(EpochCommit commit, std::unique_ptr<StateWriter> state) {
  begin_step(commit.epoch);
  if (plan_hash_.empty()) throw Error::internal("an epoch is committed that was not planned");
  if (commit.next && commit.next->epoch != commit.epoch + 1)
    throw Error::internal("an epoch is planned that is not the next one");
  undecided_ = true;
  CommitSize size;
  if (state) as_checkpoint_error([&] { publish_state(std::move(state), commit.epoch, size); });
  commit.outbox = as_checkpoint_error([&] { return outbox_.publish(commit.epoch); });
  if (commit.outbox) {
    size.files += 1;
    size.bytes += commit.outbox->size;
  }
  commit.plan_hash = plan_hash_;
  commit.planned_before = planned_before_;
  if (decider_ != nullptr) commit.decider = decider_->place();
  commit.state_files = chain_;
  const ContainerSummary written = as_checkpoint_error([&] { return log_.write(commit); });
  size.files += 1;
  size.bytes += written.size;
  const EpochFileName record{commit.epoch, directory_.writer().run_text(), EpochFileKind::commit};
  directory_.added(record, written.size);
  if (decider_ != nullptr) {
    decide({static_cast<std::int64_t>(commit.epoch), written.hash,
            directory_.writer().run_full_text()},
           &commit);
    note_decided(record);
  }

  // Decided. Nothing that follows may make it look otherwise.
  loaded_.reset();
  commit_hash_ = written.hash;
  plan_hash_.clear();
  planned_before_ = false;
  if (commit.next) planned_ahead();
  ++next_epoch_;
  undecided_ = false;
  retention_.committed(commit.epoch, chain_);
  outbox_.decided(record, commit.outbox);
  retention_.undelivered(outbox_.needed());
  collect_garbage();
  return size;
}

void DurableCheckpoint::repeat_decision() {
  if (undecided_) return;
  undecided_ = true;
  decide(marker_, nullptr);
  undecided_ = false;
}

void DurableCheckpoint::decide(const Marker& marker, const EpochCommit* record) {
  // One epoch at a time, each named by the record that prepared it.
  if (record != nullptr && marker.epoch != marker_.epoch + 1)
    throw Error::internal("epoch " + std::to_string(marker.epoch) + " is decided after epoch " +
                          std::to_string(marker_.epoch));
  CrashPoint::reach("epoch", "prepared");
  asking([&] { decider_->decide(marker, record); });
  CrashPoint::reach("epoch", "decided");
  marker_ = marker;
}

// For the day when the decider has forgotten. It is not flushed: without it nothing is wrong.
void DurableCheckpoint::note_decided(const EpochFileName& record) {
  const EpochFileName name{record.epoch, record.run, EpochFileKind::decided};
  try {
    files_.create(directory_.epochs() / to_text(name))->close();
    directory_.added(name, 0);
  } catch (const Error&) {
    // It is there already; or this disk cannot remember it, and the epoch is decided all the same.
  }
}

// The next epoch's plan is in the newest commit record.
void DurableCheckpoint::planned_ahead() {
  plan_hash_ = commit_hash_;
  planned_before_ = true;
}

void DurableCheckpoint::collect_garbage() {
  for (const EpochFileName& name : retention_.removable(directory_.epoch_files())) {
    try {
      directory_.remove(name);
      CrashPoint::reach("garbage", "removed");
    } catch (const Error&) {
      // The epoch is decided whatever becomes of old files; they are tried again after the next.
    }
  }
}

}  // namespace millrace

// What a DurableCheckpoint finds when it is opened, and makes of it.
#include <algorithm>
#include <utility>

#include "millrace/crash_point.hpp"

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/decided_epochs.hpp"
#include "core/checkpoint/durable_checkpoint.hpp"

namespace millrace {

void DurableCheckpoint::recover() {
  // A process that was killed may have left names that the power could still take back. They are
  // acted on from here on, so they are made durable first.
  directory_.sync();
  discard_unfinished_rollback();
  const Verdict verdict = settle();
  const RecoveryDecision decision = decide_or_refuse(
      directory_,
      "Restore the checkpoint's directory from a copy, or start from the beginning with an empty "
      "one");
  if (decision.commit) read_last(decision);
  if (verdict.deliver) outbox_.decided(verdict.base->name, recovered_.last->outbox);
  if (decision.plan) read_rerun(*decision.plan);
  next_epoch_ = recovered_.next_epoch();
  recovered_.remark = verdict.remark;
  marker_ = marker_of(verdict.base, directory_.writer().run_full_text());
  if (verdict.write_marker) decide(marker_, nullptr);
  if (decider_ != nullptr && verdict.base) note_decided(verdict.base->name);
  remember_retained();
  collect_garbage();
}

// Its plan is there and its commit record is not: nothing was taken back, and nobody ran the plan.
void DurableCheckpoint::discard_unfinished_rollback() {
  std::vector<EpochFileName> unfinished;
  const std::vector<EpochFileName> names = directory_.epoch_files();
  for (const EpochFileName& name : names) {
    const auto answers = [&](const EpochFileName& each) {
      return each.kind == EpochFileKind::commit && each.epoch >= name.epoch;
    };
    if (name.kind == EpochFileKind::plan && std::none_of(names.begin(), names.end(), answers) &&
        announces_rollback(log_.read_plan(name).record))
      unfinished.push_back(name);
  }
  discard(unfinished);
}

// Finds out what is committed where that is not for the disk to say, and takes away what is not.
Verdict DurableCheckpoint::settle() {
  Evidence evidence;
  evidence.assumption = assumption_;
  if (decider_ != nullptr) {
    evidence.decider = decider_->place();
    evidence.marker = asking([&] {
      return decider_->fence(directory_.format().job_id, directory_.writer().run_full_text());
    });
    CrashPoint::reach("recovery", "fenced");
  }
  std::optional<std::uint64_t> newest;
  for (const EpochFileName& name : directory_.epoch_files())
    if (name.kind == EpochFileKind::commit) newest = std::max(newest.value_or(0), name.epoch);
  if (newest) evidence.newest = found_commits(*newest);
  const bool decided_elsewhere = newest && !evidence.newest.front().decider.empty();
  if (decided_elsewhere && *newest > 0) evidence.parents = found_commits(*newest - 1);
  Verdict verdict = judge(evidence);
  if (verdict.kind == Verdict::Kind::refuse)
    throw CheckpointError(CheckpointFault::damaged, verdict.reason);
  discard(verdict.discard);
  return verdict;
}

std::vector<FoundCommit> DurableCheckpoint::found_commits(std::uint64_t epoch) const {
  std::vector<FoundCommit> found;
  const std::vector<EpochFileName> names = directory_.epoch_files();
  for (const EpochFileName& name : names) {
    if (name.kind != EpochFileKind::commit || name.epoch != epoch) continue;
    Logged<EpochCommit> commit = log_.read_commit(name);
    const EpochFileName cache{epoch, name.run, EpochFileKind::decided};
    const bool delivered = was_delivered(names, name);
    const bool known = delivered || std::find(names.begin(), names.end(), cache) != names.end();
    found.push_back({name, commit.file.hash, commit.record.decider, known,
                     commit.record.outbox.has_value(), delivered});
  }
  return found;
}

// Gone for good before the epoch may be prepared anew.
void DurableCheckpoint::discard(const std::vector<EpochFileName>& names) {
  if (names.empty()) return;
  for (const EpochFileName& name : names) directory_.remove(name);
  CrashPoint::reach("recovery", "discarded");
  directory_.sync();
}

void DurableCheckpoint::read_last(const RecoveryDecision& decision) {
  Logged<EpochCommit> commit = log_.read_commit(*decision.commit);
  check_planned(*decision.commit, commit.record, decision.commit_plan);
  loaded_ = std::make_unique<StateChain>(files_, directory_.state(), directory_.writer().job,
                                         commit.record.state_files);
  chain_ = commit.record.state_files;
  commit_hash_ = commit.file.hash;
  recovered_.last = std::move(commit.record);
  if (!recovered_.last->next) return;
  if (decision.plan)
    throw CheckpointError(CheckpointFault::damaged,
                          "checkpoint file " +
                              (directory_.epochs() / to_text(*decision.plan)).string() +
                              " is a second plan of an epoch that the commit record before it "
                              "planned");
  recovered_.rerun = recovered_.last->next;
  planned_ahead();
}

// That the epoch was planned, by what its commit record says.
void DurableCheckpoint::check_planned(const EpochFileName& name, const EpochCommit& commit,
                                      const std::optional<EpochFileName>& plan) const {
  const auto refuse = [&](const std::string& file, const std::string& what) {
    throw CheckpointError(CheckpointFault::damaged,
                          "checkpoint file " + (directory_.epochs() / file).string() + what);
  };
  if (plan && (commit.planned_before || commit.plan_hash != log_.read_plan(*plan).file.hash))
    refuse(to_text(*plan), " is not the plan that its epoch committed");
  if (plan) return;
  if (!commit.planned_before) refuse(to_text(name), " is there, but the plan of its epoch is not");
  // Retention may have taken it away.
  for (const EpochFileName& before : directory_.epoch_files())
    if (before.kind == EpochFileKind::commit && before.epoch + 1 == name.epoch &&
        log_.read_commit(before).file.hash != commit.plan_hash)
      refuse(to_text(before), " is not the one that planned the epoch after it");
}

void DurableCheckpoint::read_rerun(const EpochFileName& name) {
  Logged<EpochPlan> plan = log_.read_plan(name);
  if (plan.record.parent != commit_hash_) {
    throw CheckpointError(CheckpointFault::damaged,
                          "checkpoint file " + (directory_.epochs() / to_text(name)).string() +
                              " was planned on top of another commit record than the one that is "
                              "there");
  }
  plan_hash_ = plan.file.hash;
  recovered_.rerun = std::move(plan.record);
}

void DurableCheckpoint::remember_retained() {
  if (!recovered_.last) return;
  retention_.committed(recovered_.last->epoch, chain_);
  retention_.undelivered(outbox_.needed());
  for (const EpochFileName& name : directory_.epoch_files()) {
    if (name.kind != EpochFileKind::commit || name.epoch == recovered_.last->epoch) continue;
    if (!retention_.retains(name.epoch)) continue;
    retention_.committed(name.epoch, log_.read_commit(name).record.state_files);
  }
}

}  // namespace millrace

#include "core/checkpoint/rollback.hpp"

#include <algorithm>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/decided_epochs.hpp"
#include "core/checkpoint/state_files.hpp"
#include "core/system/clock.hpp"

namespace millrace {
namespace {

std::string list(const std::vector<EpochFileName>& epochs) {
  std::string text;
  for (const EpochFileName& each : epochs)
    text += (text.empty() ? "" : ", ") + std::to_string(each.epoch);
  return text.empty() ? "none" : text;
}

}  // namespace

Rollback::Rollback(FileSystem& files, const Clock& clock, Rng& rng,
                   const std::filesystem::path& directory, std::uint64_t to)
    : clock_(clock),
      directory_(files, clock, rng, directory, options_of(files, directory)),
      log_(files, directory_.epochs(), directory_.writer()) {
  directory_.sync();
  find(to);
  // Every byte of the state, before anybody relies on it.
  const StateChain verified(files, directory_.state(), directory_.writer().job,
                            preview_.target.state_files);
}

void Rollback::find(std::uint64_t to) {
  const RecoveryDecision found =
      decide_or_refuse(directory_, "Start the pipeline once, which settles what was decided");
  if (!found.commit)
    throw CheckpointError(CheckpointFault::incompatible,
                          "no epoch is committed yet: there is nothing to go back to");
  Logged<EpochCommit> newest = log_.read_commit(*found.commit);
  if (newest.record.outbox && !was_delivered(directory_.epoch_files(), *found.commit))
    throw CheckpointError(CheckpointFault::incompatible,
                          "rows of epoch " + std::to_string(newest.record.epoch) +
                              " are committed, and sinks may not have them yet. Start the pipeline "
                              "once, which delivers them, then go back");
  newest_plan_ =
      found.commit_plan ? log_.read_plan(*found.commit_plan).record : planned_before(newest.record);
  newest_hash_ = newest.file.hash;
  preview_.format = directory_.format();
  preview_.newest = std::move(newest.record);
  preview_.epoch = preview_.newest.epoch + 1;
  if (found.plan) {
    Logged<EpochPlan> plan = log_.read_plan(*found.plan);
    if (plan.record.parent != newest_hash_)
      throw CheckpointError(CheckpointFault::damaged,
                            "checkpoint file " + to_text(*found.plan) +
                                " was planned on top of another commit record");
    plan_hash_ = plan.file.hash;
    preview_.given_up = std::move(plan.record);
  } else if (preview_.newest.next) {
    plan_hash_ = newest_hash_;
    preview_.given_up = preview_.newest.next;
  }
  const auto epochs = possible();
  const auto target = std::find_if(epochs.begin(), epochs.end(),
                                   [&](const EpochFileName& each) { return each.epoch == to; });
  if (target == epochs.end())
    throw CheckpointError(CheckpointFault::incompatible,
                          "the checkpoint cannot go back to epoch " + std::to_string(to) +
                              ": it is at epoch " + std::to_string(preview_.newest.epoch) +
                              ", and the epochs that it can go back to are: " + list(epochs));
  preview_.target = log_.read_commit(*target).record;
  for (const EpochFileName& name : directory_.epoch_files())
    if (name.kind == EpochFileKind::plan && name.epoch > to)
      note_again(log_.read_plan(name).record);
}

EpochPlan Rollback::planned_before(const EpochCommit& commit) const {
  for (const EpochFileName& name : directory_.epoch_files())
    if (name.kind == EpochFileKind::commit && name.epoch + 1 == commit.epoch)
      if (Logged<EpochCommit> before = log_.read_commit(name);
          before.record.next && before.file.hash == commit.plan_hash)
        return *before.record.next;
  throw CheckpointError(CheckpointFault::damaged,
                        "the plan of epoch " + std::to_string(commit.epoch) + " is missing in " +
                            directory_.epochs().string());
}

// To the newest itself only where an epoch is given up by that.
std::vector<EpochFileName> Rollback::possible() const {
  std::vector<EpochFileName> epochs = decided_commits(log_, directory_.epoch_files());
  std::erase_if(epochs, [&](const EpochFileName& each) {
    return each.epoch == preview_.newest.epoch && !preview_.given_up;
  });
  return epochs;
}

void Rollback::note_again(const EpochPlan& plan) {
  for (const auto& [source, planned] : plan.sources) {
    InputAgain& partitions = preview_.again[source];
    for (const PlannedRange& range : planned.ranges) {
      // Files of a directory are partitions of their own only together with their names.
      const std::string name = range.partition + (range.detail.empty() ? "" : " " + range.detail);
      const auto [at, added] = partitions.try_emplace(name, range.start, range.end);
      if (added) continue;
      at->second.first = std::min(at->second.first, range.start);
      at->second.second = std::max(at->second.second, range.end);
    }
  }
}

// A plan that was there already is answered in place of its epoch's own commit. Otherwise one is
// written first; a start that finds it without the commit record takes it away.
void Rollback::carry_out() {
  as_checkpoint_error([&] {
    const std::string to = std::to_string(preview_.target.epoch);
    if (!preview_.given_up) {
      EpochPlan plan = newest_plan_;
      plan.epoch = preview_.epoch;
      plan.time_us = clock_.now_us();
      plan.has_data = false;
      plan.opens_with_watermark = false;
      plan.parent = newest_hash_;
      plan.extra[rolled_back_to] = to;
      for (auto& [name, source] : plan.sources) {
        source.ranges.clear();
        source.start_position = source.end_position;
      }
      plan_hash_ = log_.write(plan).hash;
    }
    EpochCommit commit = preview_.target;
    commit.epoch = preview_.epoch;
    commit.time_us = clock_.now_us();
    // A sink that a crash kept from hearing of the newest epoch still has to.
    commit.receipts = preview_.newest.receipts;
    commit.outbox.reset();  // Sinks have had that.
    commit.extra[rolled_back_to] = to;
    commit.decider.clear();  // It is the decision itself; a decider hears of it at the next start.
    commit.next.reset();
    commit.plan_hash = plan_hash_;
    commit.planned_before = preview_.given_up && plan_hash_ == newest_hash_;
    log_.write(commit);
  });
}

}  // namespace millrace

#include "core/checkpoint/decided_epochs.hpp"

#include <algorithm>

#include "core/checkpoint/checkpoint_error.hpp"

namespace millrace {
namespace {

const EpochFileName* find(const std::vector<EpochFileName>& files, EpochFileKind kind,
                          std::uint64_t epoch) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const EpochFileName& each) {
    return each.kind == kind && each.epoch == epoch;
  });
  return found == files.end() ? nullptr : &*found;
}

// An epoch runs only once the one before it is decided.
bool planned_the_next(const EpochLog& log, const std::vector<EpochFileName>& files,
                      const EpochFileName& commit, const std::string& hash) {
  return std::any_of(files.begin(), files.end(), [&](const EpochFileName& each) {
    if (each.kind != EpochFileKind::commit || each.epoch != commit.epoch + 1) return false;
    const EpochCommit next = log.read_commit(each).record;
    return next.planned_before && next.plan_hash == hash;
  });
}

}  // namespace

RecoveryDecision decide_or_refuse(const CheckpointDirectory& directory, const char* remedy) {
  RecoveryDecision found = decide(directory.epoch_files());
  if (found.kind == RecoveryDecision::Kind::refuse)
    throw CheckpointError(CheckpointFault::damaged, "the files in " + directory.epochs().string() +
                                                        " contradict each other: " + found.reason +
                                                        ". " + remedy);
  return found;
}

bool was_delivered(const std::vector<EpochFileName>& files, const EpochFileName& commit) {
  const EpochFileName note{commit.epoch, commit.run, EpochFileKind::delivered};
  return std::find(files.begin(), files.end(), note) != files.end() ||
         find(files, EpochFileKind::plan, commit.epoch + 1) != nullptr ||
         find(files, EpochFileKind::commit, commit.epoch + 1) != nullptr;
}

bool announces_rollback(const EpochPlan& plan) { return plan.extra.contains(rolled_back_to); }

std::vector<EpochFileName> decided_commits(const EpochLog& log,
                                           const std::vector<EpochFileName>& files) {
  std::vector<EpochFileName> decided;
  for (const EpochFileName& name : files) {
    if (name.kind != EpochFileKind::commit) continue;
    const EpochFileName cache{name.epoch, name.run, EpochFileKind::decided};
    const EpochFileName* next = find(files, EpochFileKind::plan, name.epoch + 1);
    const auto commit = log.read_commit(name);
    if (commit.record.decider.empty() ||
        std::find(files.begin(), files.end(), cache) != files.end() ||
        (next != nullptr && !announces_rollback(log.read_plan(*next).record)) ||
        planned_the_next(log, files, name, commit.file.hash))
      decided.push_back(name);
  }
  std::sort(decided.begin(), decided.end(),
            [](const EpochFileName& a, const EpochFileName& b) { return a.epoch < b.epoch; });
  return decided;
}

}  // namespace millrace

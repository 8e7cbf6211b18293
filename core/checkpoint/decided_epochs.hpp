#pragma once

#include <vector>

#include "core/checkpoint/checkpoint_directory.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/recovery.hpp"

namespace millrace {

// What the files in epochs/ amount to. Refuses those that contradict each other; `remedy` says what
// to do then.
RecoveryDecision decide_or_refuse(const CheckpointDirectory& directory, const char* remedy);

// Whether sinks have what the epoch of that commit record kept for them. The next epoch is planned,
// and a rollback carried out, after that only.
bool was_delivered(const std::vector<EpochFileName>& files, const EpochFileName& commit);

// Of the files in epochs/, the commit records of epochs that the disk alone knows to be committed,
// the oldest first. The newest record may wait for a decider that only a start can ask.
std::vector<EpochFileName> decided_commits(const EpochLog& log,
                                           const std::vector<EpochFileName>& files);

// Whether the plan is the first half of a rollback: written in front of its commit record, which
// may be missing, and on top of an epoch that may not be decided.
bool announces_rollback(const EpochPlan& plan);

// In the plan and the commit record that take a checkpoint back: to which epoch.
inline constexpr const char* rolled_back_to = "rolled_back_to";

}  // namespace millrace

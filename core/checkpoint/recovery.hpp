#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

// The names of the files in a checkpoint, and the decisions that depend on names only. Pure.
//
//     LOCK                              held while a process works here; text: who
//     FORMAT                            version, job, pipeline, shards; written once
//     epochs/EPOCH-RUN.plan             EPOCH has 20 digits; RUN is 8 hex digits of the process's
//     epochs/EPOCH-RUN.commit           random id, so no name is ever used twice
//     epochs/EPOCH-RUN.decided          empty: this commit record is known to be decided
//     epochs/EPOCH-RUN.delivered        empty: sinks have the rows that this record kept for them
//     outbox/EPOCH-RUN.outbox           rows for sinks that get them once the epoch is decided
//     outbox/EPOCH-RUN.notes.N          what their delivery found out; the highest N counts
//     state/EPOCH-RUN.delta
//     state/EPOCH-RUN.snapshot
//     state/EPOCH-RUN.kept.NAME         a store's own file NAME; EPOCH is the first that needs it
//     work/STORE/                    where a store works; emptied at the next start
//     ANY.tmp                           being written; removed at the next start

inline constexpr std::string_view temporary_ending = ".tmp";

enum class EpochFileKind { plan, commit, decided, delivered, delta, snapshot, kept, outbox, notes };

// Files of state/.
constexpr bool is_state(EpochFileKind kind) {
  return kind == EpochFileKind::delta || kind == EpochFileKind::snapshot ||
         kind == EpochFileKind::kept;
}

struct EpochFileName {
  std::uint64_t epoch = 0;
  std::string run;
  EpochFileKind kind = EpochFileKind::plan;
  std::string own_name = {};  // kept: what the store calls it; notes: a number

  bool operator==(const EpochFileName&) const = default;
};

std::string to_text(const EpochFileName& name);
std::optional<EpochFileName> parse_epoch_file_name(const std::string& name);

// What a restart does. `decide` looks at names only; their content is verified afterwards, and a
// file that cannot be verified stops the start, it never changes the decision.
struct RecoveryDecision {
  enum class Kind {
    fresh,      // nothing was ever planned: epoch 0 is next
    committed,  // `commit` is the newest epoch; the next one is still to be planned
    rerun,      // `plan` was planned but not committed: run it again on top of `commit`, if any
    refuse,     // the files contradict each other; `reason` says how
  };

  Kind kind = Kind::fresh;
  std::optional<EpochFileName> commit;  // the newest commit record
  // The plan that it answers; none: it should be one of those whose plan is in the record before.
  std::optional<EpochFileName> commit_plan;
  std::optional<EpochFileName> plan;  // the plan to run again
  std::string reason;
};

RecoveryDecision decide(const std::vector<EpochFileName>& epochs);

}  // namespace millrace

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/checkpoint/checkpoint_directory.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/epoch_records.hpp"
#include "core/checkpoint/recovery.hpp"

namespace millrace {

// Takes a checkpoint back to an earlier epoch. Nothing is taken away: one more epoch is committed,
// without rows, after which positions, state and watermarks are those of the earlier one. So epochs
// keep rising, as sinks and deciders that know them by number expect; the commit of that epoch is
// the one step, before which everything is as it was; and it can be taken back itself.

// What a source reads once more, by its partitions: from, to.
using InputAgain = std::map<std::string, std::pair<std::int64_t, std::int64_t>>;

struct RollbackPreview {
  CheckpointFormat format;
  EpochCommit target;
  EpochCommit newest;
  std::optional<EpochPlan> given_up;  // planned after it, and not committed
  std::map<std::string, InputAgain> again;
  std::uint64_t epoch = 0;  // that is committed to go back
};

class Rollback {
 public:
  // Holds the checkpoint's lock until destroyed, and verifies what it goes back to. Throws a
  // CheckpointError where the checkpoint is in use, or the epoch is none that it still holds.
  Rollback(FileSystem& files, const Clock& clock, Rng& rng, const std::filesystem::path& directory,
           std::uint64_t to);

  const RollbackPreview& preview() const { return preview_; }
  void carry_out();

 private:
  void find(std::uint64_t to);
  std::vector<EpochFileName> possible() const;
  EpochPlan planned_before(const EpochCommit& commit) const;
  void note_again(const EpochPlan& plan);

  const Clock& clock_;
  CheckpointDirectory directory_;
  EpochLog log_;
  RollbackPreview preview_;
  EpochPlan newest_plan_;
  std::string newest_hash_;
  std::string plan_hash_;  // of what the plan is in that is given up
};

}  // namespace millrace

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/checkpoint_directory.hpp"
#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/epoch_outbox.hpp"
#include "core/checkpoint/parted_snapshot.hpp"
#include "core/checkpoint/retention.hpp"
#include "core/checkpoint/state_files.hpp"
#include "core/system/background.hpp"

namespace millrace {

// A checkpoint in a directory.
class DurableCheckpoint final : public Checkpoint {
 public:
  DurableCheckpoint(FileSystem& files, const Clock& clock, Rng& rng,
                    const std::filesystem::path& directory, const CheckpointOptions& options);

  bool durable() const override { return true; }
  const CheckpointFormat& format() const override { return directory_.format(); }
  const Recovered& recovered() const override { return recovered_; }
  void load_state(std::string_view component, std::uint32_t shard,
                  const StateVisitor& visit) const override;
  void write_plan(EpochPlan plan) override;
  bool keeps_files() const override;
  std::filesystem::path work_directory(const std::string& store, bool restored) override;
  std::unique_ptr<StateWriter> begin_state(std::uint64_t epoch, StateForm form) override;
  OutboxWriter& begin_outbox(std::uint64_t epoch) override;
  CommitSize commit(EpochCommit commit, std::unique_ptr<StateWriter> state) override;
  const Outbox* undelivered() const override { return outbox_.undelivered(); }
  const DeliveryNotes& delivery_notes() const override { return outbox_.notes(); }
  void note(const DeliveryNotes& notes) override {
    as_checkpoint_error([&] { outbox_.note(notes); });
  }
  void delivered() override { outbox_.delivered(); }
  void repeat_decision() override;
  std::uint64_t total_bytes() const override { return directory_.total_bytes(); }

 private:
  void recover();
  void discard_unfinished_rollback();
  Verdict settle();
  std::vector<FoundCommit> found_commits(std::uint64_t epoch) const;
  void discard(const std::vector<EpochFileName>& names);
  void decide(const Marker& marker, const EpochCommit* record);
  void note_decided(const EpochFileName& record);
  void read_last(const RecoveryDecision& decision);
  void check_planned(const EpochFileName& name, const EpochCommit& commit,
                     const std::optional<EpochFileName>& plan) const;
  void planned_ahead();
  void read_rerun(const EpochFileName& name);
  void remember_retained();
  void collect_garbage();
  void adopt_snapshot();
  void publish_state(std::unique_ptr<StateWriter> state, std::uint64_t epoch, CommitSize& size);
  void begin_step(std::uint64_t epoch);

  FileSystem& files_;
  InlineBackground at_once_;
  Background& background_;
  CheckpointDirectory directory_;
  EpochLog log_;
  EpochOutbox outbox_;
  Retention retention_;
  Decider* const decider_;
  const Assumption assumption_;
  const std::uint32_t changes_in_record_max_;
  Recovered recovered_;
  std::unique_ptr<StateChain> loaded_;        // until the first commit
  std::vector<StateFile> chain_;              // state of the newest committed epoch
  std::unique_ptr<PartedSnapshot> snapshot_;  // under way
  std::optional<StateFile> adopted_;          // since the last commit
  std::uint64_t next_epoch_ = 0;
  std::string plan_hash_;        // of what the plan of next_epoch_ is in; empty until it is written
  bool planned_before_ = false;  // that is the newest commit record
  std::string commit_hash_;      // of the newest commit record
  Marker marker_;                // of the newest decision
  bool undecided_ = false;       // a step failed: what is on the disk is known after a restart only
};

}  // namespace millrace

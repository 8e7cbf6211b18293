#pragma once
#include <memory>
#include <string>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/decider.hpp"
#include "tests/simulation/world.hpp"

namespace millrace::simulation {

/// The decider, with its promises checked.
class WatchedDecider final : public Decider {
 public:
  WatchedDecider(Decider& decider, World& world) : decider_(decider), world_(world) {}

  std::string place() const override { return decider_.place(); }
  std::optional<Marker> fence(const std::string& job, const std::string& run) override;
  void decide(const Marker& marker, const EpochCommit* record) override;

 private:
  Decider& decider_;
  World& world_;
  std::string fenced_for_;
};

/// The checkpoint, with its promises checked, and every committed plan kept for the reference.
class WatchedCheckpoint final : public Checkpoint {
 public:
  WatchedCheckpoint(std::unique_ptr<Checkpoint> checkpoint, World& world);

  bool durable() const override { return checkpoint_->durable(); }
  const CheckpointFormat& format() const override { return checkpoint_->format(); }
  const Recovered& recovered() const override { return checkpoint_->recovered(); }
  void load_state(std::string_view component, uint32_t shard,
                  const StateVisitor& visit) const override {
    checkpoint_->load_state(component, shard, visit);
  }
  void write_plan(EpochPlan plan) override;
  bool keeps_files() const override { return checkpoint_->keeps_files(); }
  std::filesystem::path work_directory(const std::string& store, bool restored) override {
    return checkpoint_->work_directory(store, restored);
  }
  std::unique_ptr<StateWriter> begin_state(uint64_t epoch, StateForm form) override {
    return checkpoint_->begin_state(epoch, form);
  }
  CommitSize commit(EpochCommit commit, std::unique_ptr<StateWriter> state) override;
  OutboxWriter& begin_outbox(uint64_t epoch) override { return checkpoint_->begin_outbox(epoch); }
  const Outbox* undelivered() const override { return checkpoint_->undelivered(); }
  const DeliveryNotes& delivery_notes() const override { return checkpoint_->delivery_notes(); }
  void note(const DeliveryNotes& notes) override { checkpoint_->note(notes); }
  void delivered() override { checkpoint_->delivered(); }
  void repeat_decision() override { checkpoint_->repeat_decision(); }
  uint64_t total_bytes() const override { return checkpoint_->total_bytes(); }

 private:
  void check_recovered();
  void check_monotony(const EpochPlan& plan);
  void note_planned(const EpochPlan& plan);

  std::unique_ptr<Checkpoint> checkpoint_;
  World& world_;
  bool planned_before_;  // the next epoch, by the newest commit record
};

}  // namespace millrace::simulation

#include "core/checkpoint/checkpoint.hpp"

#include <optional>
#include <utility>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/durable_checkpoint.hpp"
#include "core/checkpoint/memory_outbox.hpp"
#include "core/system/clock.hpp"
#include "core/system/random.hpp"

namespace millrace {
namespace {

// For a pipeline without a checkpoint.
class NoCheckpoint final : public Checkpoint {
 public:
  explicit NoCheckpoint(CheckpointFormat format) : format_(std::move(format)) {}

  bool durable() const override { return false; }
  const CheckpointFormat& format() const override { return format_; }
  const Recovered& recovered() const override { return recovered_; }
  void load_state(std::string_view, std::uint32_t, const StateVisitor&) const override {}
  bool keeps_files() const override { return false; }
  std::filesystem::path work_directory(const std::string& store, bool) override {
    return std::filesystem::temp_directory_path() / ("millrace-" + format_.job_id + "-" + store);
  }
  void write_plan(EpochPlan) override {}
  std::unique_ptr<StateWriter> begin_state(std::uint64_t, StateForm) override { return nullptr; }
  OutboxWriter& begin_outbox(std::uint64_t epoch) override { return outbox_.emplace(epoch); }
  CommitSize commit(EpochCommit, std::unique_ptr<StateWriter>) override { return {}; }
  const Outbox* undelivered() const override { return outbox_ ? &*outbox_ : nullptr; }
  const DeliveryNotes& delivery_notes() const override { return notes_; }
  void note(const DeliveryNotes& notes) override { notes_ = notes; }
  void delivered() override {
    outbox_.reset();
    notes_ = {};
  }
  void repeat_decision() override {}
  std::uint64_t total_bytes() const override { return 0; }

 private:
  const CheckpointFormat format_;
  const Recovered recovered_;
  std::optional<MemoryOutbox> outbox_;
  DeliveryNotes notes_;
};

}  // namespace

std::unique_ptr<Checkpoint> Checkpoint::open(FileSystem& files, const Clock& clock, Rng& rng,
                                             const std::filesystem::path& directory,
                                             const CheckpointOptions& options) {
  return as_checkpoint_error([&]() -> std::unique_ptr<Checkpoint> {
    return std::make_unique<DurableCheckpoint>(files, clock, rng, directory, options);
  });
}

std::unique_ptr<Checkpoint> Checkpoint::none(const Clock& clock, Rng& rng,
                                             const CheckpointOptions& options) {
  return std::make_unique<NoCheckpoint>(
      CheckpointFormat{to_text(make_uuid(rng)), options.pipeline, options.shards, clock.now_us()});
}

}  // namespace millrace

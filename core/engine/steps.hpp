#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "core/engine/exchange.hpp"
#include "core/engine/step.hpp"
#include "core/engine/step_timer.hpp"
#include "core/engine/watermark_observer.hpp"
#include "core/plugin/store_handle.hpp"

namespace millrace {

/// Where a component's rows go in one lane: past its watermark, if it declares one, to its readers.
struct Outlet {
  Fan fan;
  std::optional<WatermarkObserver> watermark;
  const PlannedNode* node = nullptr;  ///< of the main output: whose conditions rows have to pass

  void push(const Batch& batch, OutputPort port, NodeCounts& counts);
};

/// One input of a stateless transform, or of the front half of a keyed one, whose partial results
/// go to an exchange.
class TransformStep final : public Step, private TransformOutput {
 public:
  TransformStep(const PlannedNode& node, size_t position, int32_t input, NodeCounts& counts,
                StepTimer& timer, Exchange::Slot* exchange);

  Outlet& rows() { return rows_; }
  Fan& late() { return late_; }

  void begin(const RoundContext& round) override;
  void push(const Batch& batch) override;
  void end(const RoundContext& round) override;
  /// This round does not end here: the same step of another lane, whose round has not begun yet,
  /// goes on with it. For front halves, so that a group is handed over once and not by each lane.
  void goes_on_in(TransformStep& next) { next_ = &next; }

 private:
  void emit(int32_t port, ArrowArray* batch) override;
  void count(int32_t what, int64_t rows) override;

  const PlannedNode& node_;
  size_t position_;
  int32_t input_;
  NodeCounts& counts_;
  StepTimer& timer_;
  Exchange::Slot* exchange_;
  TaskHandle task_;
  bool has_begun_ = false;         // In another lane, the round at hand.
  TransformStep* next_ = nullptr;  // Goes on with it.
  Outlet rows_;
  Fan late_;
};

/// The back half of a keyed transform for one shard, with the state that it owns, which holds what
/// the checkpoint has.
class ShardStep final : private TransformOutput {
 public:
  ShardStep(const PlannedNode& node, size_t position, int32_t shard, StoreHandle store,
            NodeCounts& counts, StepTimer& timer);

  Outlet& output(OutputPort port) { return outputs_[static_cast<size_t>(port)]; }
  StoreHandle& store() { return store_; }

  void merge(const Batch& partials, const RoundContext& round);
  void finish(const RoundContext& round);

 private:
  void emit(int32_t port, ArrowArray* batch) override;
  void count(int32_t what, int64_t rows) override;

  const PlannedNode& node_;
  size_t position_;
  NodeCounts& counts_;
  StepTimer& timer_;
  StoreHandle store_;
  ShardHandle half_;
  std::array<Outlet, 4> outputs_;  // by OutputPort: rows (unused), changed, final, all
};

/// One partition of a sink. Opened by the first round of an epoch, closed by the last.
class WriteStep final : public Step {
 public:
  WriteStep(const PlannedNode& node, int32_t partition, NodeCounts& counts, StepTimer& timer);

  void begin(const RoundContext& round) override;
  void push(const Batch& batch) override;
  void end(const RoundContext& round) override;
  void abandon(const Error& cause) noexcept override;

 private:
  enum class State { closed, open, skipping };

  void write(const Batch& batch, const Column* payloads);
  Error named(const Error& error, const Batch* batch) const;

  NodeCounts& counts_;
  StepTimer& timer_;
  WriterHandle writer_;
  std::optional<FormatHandle> format_;
  State state_ = State::closed;
  int64_t epoch_ = 0;
  int64_t rows_ = 0;  // since open
};

/// Hands rows to the one lane that wants them all.
class GatherStep final : public Step {
 public:
  explicit GatherStep(Gather::Slot& slot) : slot_(slot) {}
  void push(const Batch& batch) override { slot_.push_back(batch); }

 private:
  Gather::Slot& slot_;
};

}  // namespace millrace

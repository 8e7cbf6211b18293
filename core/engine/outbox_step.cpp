#include "core/engine/outbox_step.hpp"

#include "core/engine/kept_rows.hpp"

namespace millrace {

OutboxStep::OutboxStep(const PlannedNode& node, int32_t partition, NodeCounts& counts,
                       StepTimer& timer)
    : address_{node.name, static_cast<uint32_t>(partition)},
      part_(keep_part(text_of(*node.input.schema))),
      counts_(counts),
      timer_(timer) {
  if (node.sink->format) format_.emplace(node.sink->format->parts, node.sink->format->rows);
}

// A partition without rows is given to the sink too: open and close, as when it is written at once.
void OutboxStep::begin(const RoundContext& round) {
  if (outbox_ != nullptr) return;
  outbox_ = round.outbox;
  outbox_->append(address_, 0, part_);
}

void OutboxStep::push(const Batch& batch) {
  counts_.received_rows += batch.size();
  const StepTimer::Own own(timer_, counts_.batch_seconds);
  const auto rows = static_cast<uint64_t>(batch.size());
  if (!format_) return outbox_->append(address_, rows, keep_rows(batch, nullptr));
  const auto payloads = format_->encode(batch);
  outbox_->append(address_, rows, keep_rows(batch, &payloads));
}

void OutboxStep::end(const RoundContext& round) {
  if (round.ends_epoch()) outbox_ = nullptr;
}

void OutboxStep::abandon(const Error& /*cause*/) noexcept { outbox_ = nullptr; }

}  // namespace millrace

#include "core/engine/steps.hpp"

#include <utility>

#include "millrace/arrow.hpp"
#include "millrace/json.hpp"

namespace millrace {
namespace {

void add_count(NodeCounts& counts, int32_t what, int64_t rows) {
  switch (what) {
    case MR_COUNT_LATE_DROPPED:
      counts.late_dropped += rows;
      break;
    case MR_COUNT_LATE_PARTLY:
      counts.late_partly += rows;
      break;
    case MR_COUNT_LATE_GROUPS:
      counts.late_groups += rows;
      break;
    case MR_COUNT_FILTERED:
      counts.filtered_rows += rows;
      break;
    case MR_COUNT_STATE_UPDATED:
      counts.state_updated += rows;
      break;
    case MR_COUNT_STATE_REMOVED:
      counts.state_removed += rows;
      break;
    case MR_COUNT_STATE_ROWS:
      counts.state_rows += rows;
      break;
    default:
      break;  // A newer plugin counts more than this engine knows.
  }
}

}  // namespace

void Outlet::push(const Batch& batch, OutputPort port, NodeCounts& counts) {
  counts.sent(port) += batch.size();
  if (!watermark && (node == nullptr || node->conditions.empty())) return fan.push(batch);
  Batch rows = watermark ? watermark->observe(batch, counts) : batch;
  fan.push(node == nullptr ? rows : rows_that_pass(node->conditions, rows, counts));
}

TransformStep::TransformStep(const PlannedNode& node, size_t position, int32_t input,
                             NodeCounts& counts, StepTimer& timer, Exchange::Slot* exchange)
    : node_(node),
      position_(position),
      input_(input),
      counts_(counts),
      timer_(timer),
      exchange_(exchange),
      task_(node.transform->handle->open()) {}

void TransformStep::begin(const RoundContext& round) {
  if (!std::exchange(has_begun_, false)) task_.begin(round.rounds[position_]);
}

void TransformStep::push(const Batch& batch) {
  const StepTimer::Own own(timer_, counts_.batch_seconds);
  counts_.received_rows += batch.size();
  task_.process(input_, batch, *this);
}

void TransformStep::end(const RoundContext& /*round*/) {
  if (next_ == nullptr) return task_.end(*this);
  std::swap(task_, next_->task_);
  next_->has_begun_ = true;
  next_ = nullptr;
}

void TransformStep::emit(int32_t port, ArrowArray* batch) {
  if (port == MR_PORT_LATE) {
    const auto rows = arrow::import_batch(node_.stream(static_cast<size_t>(input_)).schema, batch);
    counts_.sent(OutputPort::late) += rows.size();
    late_.push(rows);
  } else if (exchange_ != nullptr) {
    exchange_->push(arrow::import_batch(node_.transform->handle->binding().partials, batch));
  } else {
    rows_.push(arrow::import_batch(node_.output.schema, batch), OutputPort::rows, counts_);
  }
}

void TransformStep::count(int32_t what, int64_t rows) { add_count(counts_, what, rows); }

ShardStep::ShardStep(const PlannedNode& node, size_t position, int32_t shard, StoreHandle store,
                     NodeCounts& counts, StepTimer& timer)
    : node_(node),
      position_(position),
      counts_(counts),
      timer_(timer),
      store_(std::move(store)),
      half_(node.transform->handle->open_shard(shard, store_.state())) {}

void ShardStep::merge(const Batch& partials, const RoundContext& round) {
  const StepTimer::Own own(timer_, counts_.batch_seconds);
  half_.merge(partials, round.rounds[position_]);
}

void ShardStep::finish(const RoundContext& round) {
  half_.finish(round.rounds[position_], *this);
  counts_.state_bytes += store_.measure().bytes;
}

void ShardStep::emit(int32_t port, ArrowArray* batch) {
  const auto rows = arrow::import_batch(node_.output.schema, batch);
  auto output_port = OutputPort::final;
  if (port == MR_PORT_CHANGED) output_port = OutputPort::changed;
  if (port == MR_PORT_ALL) output_port = OutputPort::all;
  output(output_port).push(rows, output_port, counts_);
}

void ShardStep::count(int32_t what, int64_t rows) { add_count(counts_, what, rows); }

WriteStep::WriteStep(const PlannedNode& node, int32_t partition, NodeCounts& counts,
                     StepTimer& timer)
    : counts_(counts), timer_(timer), writer_(node.sink->handle->open_writer(partition)) {
  if (node.sink->format) format_.emplace(node.sink->format->parts, node.sink->format->rows);
}

void WriteStep::begin(const RoundContext& round) {
  if (state_ != State::closed) return;
  epoch_ = round.epoch;
  rows_ = 0;
  state_ = writer_.open(round.epoch) ? State::open : State::skipping;
}

// Whoever has to mend the data must hear which.
Error WriteStep::named(const Error& error, const Batch* batch) const {
  if (error.blame != Blame::data) return error;
  auto text = std::string(error.what()) + "; epoch " + std::to_string(epoch_);
  const auto row = error.row.value_or(-1) - rows_;
  if (batch != nullptr && row >= 0 && row < batch->size())
    text += ", row " + Row(*batch, row).to_json();
  return {error.blame, error.retry, text};
}

void WriteStep::write(const Batch& batch, const Column* payloads) {
  const auto begun_ns = timer_.now_ns();
  try {
    writer_.write(batch, payloads);
  } catch (const Error& error) {
    throw named(error, &batch);
  }
  rows_ += batch.size();
  counts_.write_seconds.observe(timer_.seconds_since(begun_ns));
}

void WriteStep::push(const Batch& batch) {
  counts_.received_rows += batch.size();
  if (state_ != State::open) return;
  const StepTimer::Own own(timer_, counts_.batch_seconds);
  if (format_) {
    const auto payloads = format_->encode(batch);
    write(batch, &payloads);
    counts_.sent_bytes += payloads.length == 0 ? 0 : payloads.offsets[payloads.length];
  } else {
    write(batch, nullptr);
  }
  counts_.sent(OutputPort::rows) += batch.size();
}

void WriteStep::end(const RoundContext& round) {
  const bool open = state_ == State::open;
  if (round.ends_epoch()) state_ = State::closed;
  if (!open) return;
  const auto begun_ns = timer_.now_ns();
  if (round.ends_epoch())
    writer_.close(nullptr);
  else
    writer_.flush();
  counts_.write_seconds.observe(timer_.seconds_since(begun_ns));
}

void WriteStep::abandon(const Error& cause) noexcept {
  if (state_ != State::open) return;
  state_ = State::closed;
  writer_.give_up(cause);
}

}  // namespace millrace

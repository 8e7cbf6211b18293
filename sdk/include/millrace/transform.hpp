#pragma once
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/arrow.hpp"
#include "millrace/context.hpp"
#include "millrace/store.hpp"

namespace millrace {

/// What a time column holds: the event time itself, the end of a window, or a window as a structure
/// of `start` and `end`. The event time of a window is its end minus one microsecond.
enum class TimeKind {
  of_row = MR_TIME_OF_ROW,
  window_end = MR_TIME_WINDOW_END,
  window = MR_TIME_WINDOW
};

enum class Port {
  rows = MR_PORT_ROWS,        ///< stateless output, or partials of a front half
  changed = MR_PORT_CHANGED,  ///< result rows that changed in this round
  final = MR_PORT_FINAL,      ///< result rows that will not change again
  all = MR_PORT_ALL,          ///< the whole result
  late = MR_PORT_LATE         ///< input rows that came too late
};

enum class Count {
  late_dropped = MR_COUNT_LATE_DROPPED,
  late_partly = MR_COUNT_LATE_PARTLY,
  late_groups = MR_COUNT_LATE_GROUPS,
  filtered = MR_COUNT_FILTERED,
  state_updated = MR_COUNT_STATE_UPDATED,
  state_removed = MR_COUNT_STATE_REMOVED,
  state_rows = MR_COUNT_STATE_ROWS
};

/// What is known of a stream of rows that a transform reads.
struct Stream {
  std::shared_ptr<const Schema> schema;
  int time_column = -1;  ///< the column that its watermark speaks of; -1: no watermark
  TimeKind time_kind = TimeKind::of_row;
  int64_t delay_us = 0;   ///< how far the watermark stays behind the event time
  bool is_table = false;  ///< its rows come all at once, by load_table()
  /// Another event-time column that the watermark holds for too, as behind a join; -1: none.
  int other_time_column = -1;

  /// The same stream with that column as its event time, where it is the one that is asked for.
  Stream by_time(int column) const {
    Stream stream = *this;
    if (column >= 0 && column == other_time_column)
      std::swap(stream.time_column, stream.other_time_column);
    return stream;
  }
};

/// What a transform becomes once it knows its inputs.
struct Binding {
  Schema rows;           ///< of its output
  Schema partials;       ///< keyed only; the first column is int64 `hash`
  int time_column = -1;  ///< of the output
  TimeKind time_kind = TimeKind::of_row;
  bool keyed = false;           ///< has a front and a back half, and state
  bool uses_watermark = false;  ///< emits or evicts when the watermark moves
  uint32_t modes = MR_MODE_APPEND | MR_MODE_UPDATE | MR_MODE_COMPLETE;
  std::string refusals[3];          ///< why not append, update, complete, with a way out
  bool reads_all_columns = false;   ///< passes on columns that no option names
  bool keeps_every_group = false;   ///< the back half emits even in an epoch without rows
  bool single_task = false;         ///< stateless only: one task wants all rows of an epoch
  bool needs_every_column = false;  ///< the result depends on columns that nobody names
  int64_t output_delay_us = 0;      ///< how far its output's watermark stays behind its input's
  uint32_t droppable_inputs = 0;    ///< 1 << input, whose rows are of no use unless they can match
  int other_time_column = -1;       ///< of the output; see Stream
  /// Keyed only: a front half may see several ranges of a round, one after the other, so that it
  /// hands over less. Nobody must be able to tell from the results, to the last bit: which ranges
  /// these are depends on the number of threads.
  bool joins_ranges = false;
};

/// One bounded pass of what is available.
struct Round {
  Epoch epoch = 0;
  int64_t late_before = std::numeric_limits<int64_t>::min();  ///< late: time is up <= this
  int64_t watermark = std::numeric_limits<int64_t>::min();  ///< emit and evict up to it, inclusive
  uint32_t wanted = 0;
  bool has_data = true;
  bool ends_epoch = true;

  bool wants(Port port) const { return (wanted >> static_cast<uint32_t>(port) & 1U) != 0; }
};

class Outputs {
 public:
  explicit Outputs(const mr_outputs& outputs) : outputs_(&outputs) {}
  void emit(Port port, const Batch& batch) const {
    ArrowArray array;
    arrow::export_batch(batch, &array);
    mr_error error;
    detail::check(outputs_->emit(outputs_->engine, static_cast<int32_t>(port), &array, &error),
                  error);
  }
  void count(Count what, int64_t rows) const {
    if (rows != 0 || what == Count::state_rows)
      outputs_->count(outputs_->engine, static_cast<int32_t>(what), rows);
  }

 private:
  const mr_outputs* outputs_;
};

/// The whole of a stateless transform, or the front half of a keyed one.
class TransformTask {
 public:
  virtual ~TransformTask() = default;
  virtual void begin(const Round& /*round*/) {}
  virtual void process(int input, const Batch& batch, const Outputs& outputs) = 0;
  virtual void end(const Outputs& /*outputs*/) {}
};

/// The back half of a keyed transform: owns the state of one shard.
class ShardTask {
 public:
  virtual ~ShardTask() = default;
  virtual void merge(const Batch& partials, const Round& round) = 0;
  virtual void finish(const Round& round, const Outputs& outputs) = 0;
};

/// Made as T(Settings, Context, std::vector<Stream>); the constructor checks the settings against
/// the inputs and throws Error::user(...).about("option").
class Transform {
 public:
  virtual ~Transform() = default;
  virtual const Binding& binding() const = 0;
  virtual std::unique_ptr<TransformTask> open() = 0;
  virtual std::unique_ptr<ShardTask> open_shard(int /*shard*/, State /*state*/) {
    throw Error::internal("this transform has no state");
  }
  /// [planner] All rows of an input that is a table; again between epochs when they have changed.
  virtual void load_table(int /*input*/, const Batch& /*rows*/) {
    throw Error::internal("this transform reads no table");
  }
};

}  // namespace millrace

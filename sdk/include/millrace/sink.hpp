#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/context.hpp"
#include "millrace/gather.hpp"

namespace millrace {

enum class OutputMode {
  append = MR_MODE_APPEND,
  update = MR_MODE_UPDATE,
  complete = MR_MODE_COMPLETE
};

/// The simplest sink, Spark's ForeachWriter to the letter: for every partition of every epoch
/// open -> process... -> close. Made as T(Settings, Context), once per partition.
///
/// Where `retry` or `on_error` is configured, what throws is given up with close(cause) and tried
/// anew from open: an Error of Blame::external after a while, one of Blame::data without the row
/// that process() threw it for. So what an attempt wrote before it failed may come again, as after
/// a crash; an attempt is done once close(nullptr) returns.
class ForeachWriter {
 public:
  virtual ~ForeachWriter() = default;
  /// Returns false to skip this partition of this epoch, because it is already written.
  virtual bool open(int64_t /*partition*/, Epoch /*epoch*/) { return true; }
  virtual void process(const Row& row) = 0;
  /// Once per successful open; `cause` is null unless the epoch failed. What was buffered must be
  /// written here: the epoch counts as done once this returns.
  virtual void close(const Error* /*cause*/) {}
};

/// Spark's foreachBatch: the rows of an epoch at once. Made as T(Settings, Context).
///
/// Where one row is the reason to throw, say which: throw Error::data("...").at_row(i). Otherwise
/// it is found by giving parts of the batch, each in a call of its own; a sink that recognises
/// epochs (sink_idempotent) cannot be given one in parts, so it has to say.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  virtual void write(const Batch& rows, Epoch epoch) = 0;
};

/// Writes one partition of a result, epoch by epoch: open -> write... -> close. In a continuous
/// pipeline an epoch has many rounds, and flush() comes after each but the last. Errors that one
/// row is the reason for say so with at_row: of the batch in write(), of all rows in close().
class Writer {
 public:
  virtual ~Writer() = default;
  /// Returns false to skip the epoch.
  virtual bool open(Epoch /*epoch*/) { return true; }
  /// `payloads` is null unless the sink was declared with sink_encoded.
  virtual void write(const Batch& rows, const Column* payloads) = 0;
  /// What was written goes on its way now. Need not wait until it arrived.
  virtual void flush() {}
  virtual void close(const Error* /*cause*/) {}
};

/// A sink in full: what its writers share. Made as T(Settings, Context, Schema, OutputMode).
class Sink {
 public:
  virtual ~Sink() = default;
  virtual std::unique_ptr<Writer> open_writer(int partition) = 0;
};

/// A sink that shows the rows of an epoch all at once, or never.
class TransactionalSink : public Sink {
 public:
  /// After all writers are closed: makes the rows durable but not yet visible. Returns what commit
  /// needs to find them.
  virtual std::string prepare(Epoch epoch) = 0;
  /// Makes them visible. Repeating it, even after a crash and in a new object, changes nothing.
  virtual void commit(Epoch epoch, std::string_view receipt) = 0;
  /// Removes what an unfinished run of the epoch, perhaps in a dead process, has left.
  virtual void abort(Epoch epoch) = 0;
};

namespace detail {

/// Drives one ForeachWriter from batches.
template <class T>
class ForeachPartition final : public Writer {
 public:
  ForeachPartition(std::unique_ptr<T> writer, int partition)
      : writer_(std::move(writer)), partition_(partition) {}
  bool open(Epoch epoch) override { return writer_->open(partition_, epoch); }
  void write(const Batch& rows, const Column*) override {
    int64_t at = 0;
    try {
      for (; at < rows.size(); ++at) writer_->process(Row(rows, at));
    } catch (const Error& error) {
      throw error.at_row(at);
    }
  }
  void close(const Error* cause) override { writer_->close(cause); }

 private:
  std::unique_ptr<T> writer_;
  int partition_;
};

template <class T, class Settings>
class ForeachSink final : public Sink {
 public:
  ForeachSink(Settings settings, Context context, const Schema&, OutputMode)
      : settings_(std::move(settings)), context_(context) {}
  std::unique_ptr<Writer> open_writer(int partition) override {
    return std::make_unique<ForeachPartition<T>>(std::make_unique<T>(settings_, context_),
                                                 partition);
  }

 private:
  Settings settings_;
  Context context_;
};

/// Gathers an epoch and hands it over as one batch.
template <class T>
class BatchWriter final : public Writer {
 public:
  BatchWriter(T& sink, std::shared_ptr<const Schema> schema)
      : sink_(sink), schema_(std::move(schema)) {}
  bool open(Epoch epoch) override {
    epoch_ = epoch;
    batches_.clear();
    return true;
  }
  void write(const Batch& rows, const Column*) override { batches_.push_back(rows); }
  void close(const Error* cause) override {
    if (cause == nullptr) sink_.write(concatenate(schema_, batches_), epoch_);
    batches_.clear();
  }

 private:
  T& sink_;
  std::shared_ptr<const Schema> schema_;
  std::vector<Batch> batches_;
  Epoch epoch_ = 0;
};

template <class T, class Settings>
class WholeBatchSink final : public Sink {
 public:
  WholeBatchSink(Settings settings, Context context, const Schema& schema, OutputMode)
      : sink_(std::move(settings), context), schema_(std::make_shared<const Schema>(schema)) {}
  std::unique_ptr<Writer> open_writer(int) override {
    return std::make_unique<BatchWriter<T>>(sink_, schema_);
  }

 private:
  T sink_;
  std::shared_ptr<const Schema> schema_;
};

}  // namespace detail
}  // namespace millrace

#pragma once
#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "millrace/detail/decider_thunks.hpp"
#include "millrace/detail/thunks.hpp"
#include "millrace/sink.hpp"
#include "millrace/transform.hpp"

// The glue of what reads rows: transforms and sinks.
namespace millrace::detail {

inline Round load_round(const mr_round& from) {
  return {from.epoch,  from.late_before,   from.watermark,
          from.wanted, from.has_data != 0, from.ends_epoch != 0};
}

template <class T, class Settings>
struct TransformThunks : Known<T, Settings> {
  struct Self {
    T transform;
    std::vector<std::shared_ptr<const Schema>> inputs;
    std::shared_ptr<const Schema> partials;
  };
  struct Task {
    std::unique_ptr<TransformTask> task;
    const Self* self;
  };
  struct Half {
    std::unique_ptr<ShardTask> task;
    const Self* self;
  };
  static Self& at(void* self) { return *static_cast<Self*>(self); }

  static mr_result bind(const mr_host* host, const mr_values* values, const mr_stream* inputs,
                        size_t input_count, mr_binding* out, void** self, mr_error* error) {
    return guarded(error, [&] {
      std::vector<Stream> streams;
      std::vector<std::shared_ptr<const Schema>> schemas;
      for (size_t i = 0; i < input_count; ++i) {
        mr_stream input{};
        const auto* at = reinterpret_cast<const char*>(inputs) + i * inputs->size;
        std::memcpy(&input, at, std::min<size_t>(inputs->size, sizeof input));
        schemas.push_back(std::make_shared<const Schema>(arrow::import_schema(*input.schema)));
        streams.push_back({schemas[i], input.time_column, static_cast<TimeKind>(input.time_kind),
                           input.delay_us, input.is_table != 0, input.other_time - 1});
      }
      auto made = std::unique_ptr<Self>(
          new Self{T(read(Known<T, Settings>::settings, *values, *host), Context(*host), streams),
                   std::move(schemas),
                   {}});
      describe(*made, out);
      *self = made.release();
      return MR_OK;
    });
  }
  static void destroy(void* self) { delete &at(self); }
  static mr_result open(void* self, void** task, mr_error* error) {
    return guarded(error, [&] {
      *task = new Task{at(self).transform.open(), &at(self)};
      return MR_OK;
    });
  }
  static mr_result begin(void* task, const mr_round* round, mr_error* error) {
    return guarded(error, [&] {
      static_cast<Task*>(task)->task->begin(load_round(*round));
      return MR_OK;
    });
  }
  static mr_result process(void* task, int32_t input, ArrowArray* batch, const mr_outputs* outputs,
                           mr_error* error) {
    return guarded(error, [&] {
      auto& open_task = *static_cast<Task*>(task);
      const auto& schema = open_task.self->inputs[static_cast<size_t>(input)];
      open_task.task->process(input, arrow::import_batch(schema, batch), Outputs(*outputs));
      return MR_OK;
    });
  }
  static mr_result end(void* task, const mr_outputs* outputs, mr_error* error) {
    return guarded(error, [&] {
      static_cast<Task*>(task)->task->end(Outputs(*outputs));
      return MR_OK;
    });
  }
  static void close(void* task) { delete static_cast<Task*>(task); }
  static mr_result open_shard(void* self, int32_t shard, const mr_state* state, void** half,
                              mr_error* error) {
    return guarded(error, [&] {
      *half = new Half{at(self).transform.open_shard(shard, State(*state)), &at(self)};
      return MR_OK;
    });
  }
  static mr_result merge(void* half, ArrowArray* partials, const mr_round* round, mr_error* error) {
    return guarded(error, [&] {
      auto& shard = *static_cast<Half*>(half);
      shard.task->merge(arrow::import_batch(shard.self->partials, partials), load_round(*round));
      return MR_OK;
    });
  }
  static mr_result finish(void* half, const mr_round* round, const mr_outputs* outputs,
                          mr_error* error) {
    return guarded(error, [&] {
      static_cast<Half*>(half)->task->finish(load_round(*round), Outputs(*outputs));
      return MR_OK;
    });
  }
  static void close_shard(void* half) { delete static_cast<Half*>(half); }
  static mr_result load_table(void* self, int32_t input, ArrowArray* rows, mr_error* error) {
    return guarded(error, [&] {
      auto& made = at(self);
      const auto& schema = made.inputs[static_cast<size_t>(input)];
      made.transform.load_table(input, arrow::import_batch(schema, rows));
      return MR_OK;
    });
  }

  static constexpr mr_transform table{
      sizeof(mr_transform), bind,  destroy, open,        begin,     process, end, close,
      open_shard,           merge, finish,  close_shard, load_table};

 private:
  static void describe(Self& self, mr_binding* out) {
    const Binding& binding = self.transform.binding();
    self.partials = std::make_shared<const Schema>(binding.partials);
    mr_binding made{};
    made.size = std::min(out->size, static_cast<uint32_t>(sizeof made));
    arrow::export_schema(binding.rows, &made.rows);
    arrow::export_schema(binding.partials, &made.partials);
    made.time_column = binding.time_column;
    made.time_kind = static_cast<int32_t>(binding.time_kind);
    made.keyed = binding.keyed;
    made.uses_watermark = binding.uses_watermark;
    made.modes = binding.modes;
    for (size_t i = 0; i < 3; ++i) made.refusals[i] = str(binding.refusals[i]);
    made.reads_all_columns = binding.reads_all_columns;
    made.keeps_every_group = binding.keeps_every_group;
    made.single_task = binding.single_task;
    made.needs_every_column = binding.needs_every_column;
    made.output_delay_us = binding.output_delay_us;
    made.droppable_inputs = binding.droppable_inputs;
    made.other_time = binding.other_time_column + 1;
    made.joins_ranges = binding.joins_ranges;
    std::memcpy(out, &made, made.size);
  }
};

template <class T, class Settings>
struct SinkThunks : Known<T, Settings> {
  struct Self {
    T sink;
    std::shared_ptr<const Schema> schema;
    std::string receipt;
    Fenced fenced;
  };
  struct Open {
    std::unique_ptr<Writer> writer;
    const Self* self;
    int64_t rows = 0;  // since open
    int64_t failed_row = -1;
  };
  static Self& at(void* self) { return *static_cast<Self*>(self); }
  static Open& writer(void* open) { return *static_cast<Open*>(open); }

  static mr_result create(const mr_host* host, const mr_values* values, const ArrowSchema* rows,
                          uint32_t mode, void** self, mr_error* error) {
    return guarded(error, [&] {
      auto schema = std::make_shared<const Schema>(arrow::import_schema(*rows));
      *self = new Self{T(read(Known<T, Settings>::settings, *values, *host), Context(*host),
                         *schema, static_cast<OutputMode>(mode)),
                       schema,
                       {},
                       {}};
      return MR_OK;
    });
  }
  static void destroy(void* self) { delete &at(self); }
  static mr_result open_writer(void* self, int32_t partition, void** open, mr_error* error) {
    return guarded(error, [&] {
      *open = new Open{at(self).sink.open_writer(partition), &at(self), 0, -1};
      return MR_OK;
    });
  }
  static mr_result open(void* open, int64_t epoch, mr_error* error) {
    writer(open).rows = 0;
    writer(open).failed_row = -1;
    return guarded(error, [&] { return writer(open).writer->open(epoch) ? MR_OK : MR_SKIP; });
  }
  static int64_t failed_row(void* open) { return writer(open).failed_row; }
  /// Runs `body`, and keeps what it says of a row, which no mr_error tells.
  template <class Body>
  static mr_result noting_row(Open& open, int64_t rows_before, mr_error* error, Body&& body) {
    return guarded(error, [&] {
      try {
        return body();
      } catch (const Error& failure) {
        open.failed_row = failure.row ? rows_before + *failure.row : -1;
        throw;
      }
    });
  }
  static mr_result write(void* open, ArrowArray* rows, ArrowArray* payloads, mr_error* error) {
    const auto before = writer(open).rows;
    return noting_row(writer(open), before, error, [&] {
      const auto batch = arrow::import_batch(writer(open).self->schema, rows);
      writer(open).rows += batch.size();
      if (payloads == nullptr) {
        writer(open).writer->write(batch, nullptr);
      } else {
        const auto column = arrow::import_column(TypeId::binary, payloads);
        writer(open).writer->write(batch, &column);
      }
      return MR_OK;
    });
  }
  static mr_result close(void* open, const mr_error* cause, mr_error* error) {
    return noting_row(writer(open), 0, error, [&] {
      if (cause == nullptr) {
        writer(open).writer->close(nullptr);
      } else {
        const auto reason = load(*cause);
        writer(open).writer->close(&reason);
      }
      return MR_OK;
    });
  }
  static mr_result flush(void* open, mr_error* error) {
    return guarded(error, [&] { return writer(open).writer->flush(), MR_OK; });
  }
  static void close_writer(void* open) { delete &writer(open); }
  static mr_result prepare(void* self, int64_t epoch, mr_str* receipt, mr_error* error) {
    return guarded(error, [&] {
      at(self).receipt = at(self).sink.prepare(epoch);
      *receipt = str(at(self).receipt);
      return MR_OK;
    });
  }
  static mr_result commit(void* self, int64_t epoch, mr_str receipt, mr_error* error) {
    return guarded(error, [&] { return at(self).sink.commit(epoch, view(receipt)), MR_OK; });
  }
  static mr_result abort(void* self, int64_t epoch, mr_error* error) {
    return guarded(error, [&] { return at(self).sink.abort(epoch), MR_OK; });
  }

  static constexpr mr_sink functions() {
    mr_sink made{sizeof(mr_sink), create,  destroy, open_writer, open,    write, close,
                 close_writer,    nullptr, nullptr, nullptr,     nullptr, flush, failed_row};
    if constexpr (std::derived_from<T, TransactionalSink>) {
      made.prepare = prepare;
      made.commit = commit;
      made.abort = abort;
    }
    if constexpr (std::derived_from<T, DecidingSink>) made.decider = &DeciderThunks<T, Self>::table;
    return made;
  }
  static constexpr mr_sink table = functions();
};

}  // namespace millrace::detail

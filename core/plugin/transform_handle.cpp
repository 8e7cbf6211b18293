#include "core/plugin/transform_handle.hpp"

#include "core/plugin/plugin_call.hpp"

namespace millrace {
namespace {

mr_result take_batch(void* engine, int32_t port, ArrowArray* batch, mr_error* error) {
  return detail::guarded(error, [&] {
    static_cast<TransformOutput*>(engine)->emit(port, batch);
    return MR_OK;
  });
}

void take_count(void* engine, int32_t what, int64_t rows) {
  static_cast<TransformOutput*>(engine)->count(what, rows);
}

mr_outputs outputs_to(TransformOutput& output) {
  return {sizeof(mr_outputs), &output, take_batch, take_count};
}

std::shared_ptr<const Schema> take_schema(ArrowSchema& from) {
  if (from.release == nullptr) return std::make_shared<const Schema>();
  auto schema = std::make_shared<const Schema>(arrow::import_schema(from));
  from.release(&from);
  return schema;
}

TransformBinding load(mr_binding& from) {
  TransformBinding binding;
  binding.rows = take_schema(from.rows);
  binding.partials = take_schema(from.partials);
  binding.time_column = from.time_column;
  binding.time_kind = from.time_kind;
  binding.keyed = from.keyed != 0;
  binding.uses_watermark = from.uses_watermark != 0;
  binding.modes = from.modes;
  for (size_t i = 0; i < 3; ++i) binding.refusals[i] = view(from.refusals[i]);
  binding.reads_all_columns = from.reads_all_columns != 0;
  binding.keeps_every_group = from.keeps_every_group != 0;
  binding.single_task = from.single_task != 0;
  binding.needs_every_column = from.needs_every_column != 0;
  binding.output_delay_us = from.output_delay_us;
  binding.droppable_inputs = from.droppable_inputs;
  binding.other_time_column = from.other_time - 1;
  binding.joins_ranges = from.joins_ranges != 0;
  return binding;
}

}  // namespace

TransformHandle::TransformHandle(ComponentParts parts, const std::vector<InputStream>& inputs)
    : parts_(std::move(parts)) {
  std::vector<arrow::OwnedSchema> schemas;
  std::vector<mr_stream> streams;
  schemas.reserve(inputs.size());
  for (const auto& input : inputs) {
    const auto& schema = schemas.emplace_back(*input.schema);
    streams.push_back({sizeof(mr_stream), schema.get(), input.time_column, input.time_kind,
                       input.delay_us, input.is_table ? 1 : 0, input.other_time_column + 1});
  }
  const auto& functions = parts_.functions<mr_transform>();
  mr_binding binding{};
  binding.size = sizeof binding;
  void* self = nullptr;
  mr_error error;
  const PluginCall call(parts_, "create");
  parts_.check(functions.bind(parts_.host->get(), parts_.values->get(), streams.data(),
                              streams.size(), &binding, &self, &error),
               error);
  self_ = PluginObject(self, functions.destroy);
  binding_ = load(binding);
}

TaskHandle TransformHandle::open() const {
  const auto& functions = parts_.functions<mr_transform>();
  void* task = nullptr;
  mr_error error;
  const PluginCall call(parts_, "open");
  parts_.check(functions.open(self_.get(), &task, &error), error);
  return {parts_, PluginObject(task, functions.close)};
}

ShardHandle TransformHandle::open_shard(int32_t shard, const mr_state& state) const {
  const auto& functions = parts_.functions<mr_transform>();
  void* half = nullptr;
  mr_error error;
  const PluginCall call(parts_, "open_shard");
  parts_.check(functions.open_shard(self_.get(), shard, &state, &half, &error), error);
  return {parts_, PluginObject(half, functions.close_shard)};
}

void TransformHandle::load_table(int32_t input, const Batch& rows) const {
  const auto& functions = parts_.functions<mr_transform>();
  if (functions.size < sizeof(mr_transform) || functions.load_table == nullptr)
    throw Error::internal(parts_.title + ": the plugin cannot read a table");
  ArrowArray crossing{};
  mr_error error;
  const PluginCall call(parts_, "load_table");
  arrow::export_batch(rows, &crossing);
  parts_.check(functions.load_table(self_.get(), input, &crossing, &error), error);
}

void TaskHandle::begin(const mr_round& round) {
  const auto& functions = parts_.functions<mr_transform>();
  if (functions.begin == nullptr) return;
  mr_error error;
  const PluginCall call(parts_, "begin");
  parts_.check(functions.begin(task_.get(), &round, &error), error);
}

void TaskHandle::process(int32_t input, const Batch& batch, TransformOutput& output) {
  const auto outputs = outputs_to(output);
  ArrowArray crossing{};
  mr_error error;
  const PluginCall call(parts_, "process");
  arrow::export_batch(batch, &crossing);
  parts_.check(
      parts_.functions<mr_transform>().process(task_.get(), input, &crossing, &outputs, &error),
      error);
}

void TaskHandle::end(TransformOutput& output) {
  const auto& functions = parts_.functions<mr_transform>();
  if (functions.end == nullptr) return;
  const auto outputs = outputs_to(output);
  mr_error error;
  const PluginCall call(parts_, "end");
  parts_.check(functions.end(task_.get(), &outputs, &error), error);
}

void ShardHandle::merge(const Batch& partials, const mr_round& round) {
  ArrowArray crossing{};
  mr_error error;
  const PluginCall call(parts_, "merge");
  arrow::export_batch(partials, &crossing);
  parts_.check(parts_.functions<mr_transform>().merge(half_.get(), &crossing, &round, &error),
               error);
}

void ShardHandle::finish(const mr_round& round, TransformOutput& output) {
  const auto outputs = outputs_to(output);
  mr_error error;
  const PluginCall call(parts_, "finish");
  parts_.check(parts_.functions<mr_transform>().finish(half_.get(), &round, &outputs, &error),
               error);
}

}  // namespace millrace

#include "core/plugin/source_handle.hpp"

#include <cstddef>

#include "millrace/arrow.hpp"

#include "core/plugin/plugin_call.hpp"

namespace millrace {
namespace {

void take_range(void* engine, const mr_range* range) {
  static_cast<SourcePlan*>(engine)->ranges.push_back({std::string(view(range->partition)),
                                                      range->start, range->end,
                                                      std::string(view(range->detail))});
}

void take_partition(void* engine, const mr_partition* partition) {
  static_cast<SourcePlan*>(engine)->partitions.push_back(
      {std::string(view(partition->partition)), std::string(view(partition->topic)),
       partition->index, partition->next, partition->latest, partition->never_had_records != 0});
}

void take_position(void* engine, mr_str position) {
  static_cast<SourcePlan*>(engine)->position = view(position);
}

void take_lost(void* engine, mr_str partition, int64_t records) {
  static_cast<SourcePlan*>(engine)->lost.emplace_back(view(partition), records);
}

PluginObject create(const ComponentParts& parts) {
  const auto& functions = parts.functions<mr_source>();
  void* self = nullptr;
  mr_error error;
  parts.check(functions.create(parts.host->get(), parts.values->get(), &self, &error), error);
  return {self, functions.destroy};
}

}  // namespace

ReaderHandle::ReaderHandle(ComponentParts parts, PluginObject reader,
                           std::shared_ptr<const Schema> schema)
    : parts_(std::move(parts)), reader_(std::move(reader)), schema_(std::move(schema)) {}

ReadResult ReaderHandle::read(int64_t timeout_us, Batch& rows) {
  ArrowArray array{};
  mr_error error;
  const PluginCall call(parts_, "read");
  const auto result = parts_.check(
      parts_.functions<mr_source>().read(reader_.get(), timeout_us, &array, &error), error);
  if (result == MR_IDLE) return ReadResult::idle;
  if (result == MR_END) return ReadResult::end;
  rows = arrow::import_batch(schema_, &array);
  return ReadResult::rows;
}

SourceHandle::SourceHandle(ComponentParts parts) : parts_(std::move(parts)), self_(create(parts_)) {
  ArrowSchema schema{};
  mr_error error;
  const PluginCall call(parts_, "create");
  parts_.check(functions().schema(self_.get(), &schema, &error), error);
  schema_ = arrow::import_schema(schema);
  schema.release(&schema);
}

std::string SourceHandle::latest(const std::string& position) {
  mr_str target{};
  mr_error error;
  const PluginCall call(parts_, "latest");
  parts_.check(functions().latest(self_.get(), str(position), &target, &error), error);
  return std::string(view(target));
}

std::string SourceHandle::arrived(const std::string& position) {
  constexpr size_t size_needed = offsetof(mr_source, arrived) + sizeof(void*);
  if (functions().size < size_needed || functions().arrived == nullptr) return latest(position);
  mr_str target{};
  mr_error error;
  const PluginCall call(parts_, "arrived");
  parts_.check(functions().arrived(self_.get(), str(position), &target, &error), error);
  return std::string(view(target));
}

SourcePlan SourceHandle::plan(const std::string& position, const std::string& target,
                              bool without_limit) {
  SourcePlan plan;
  const mr_plan_output output{sizeof(mr_plan_output), &plan,         take_range,
                              take_partition,         take_position, take_lost};
  mr_error error;
  const PluginCall call(parts_, "plan");
  parts_.check(functions().plan(self_.get(), str(position), str(target),
                                without_limit ? MR_PLAN_WITHOUT_LIMIT : 0, &output, &error),
               error);
  return plan;
}

bool SourceHandle::limit(int64_t size) {
  constexpr size_t size_needed = offsetof(mr_source, limit) + sizeof(void*);
  if (functions().size < size_needed || functions().limit == nullptr) return false;
  const PluginCall call(parts_, "limit");
  functions().limit(self_.get(), size);
  return true;
}

void SourceHandle::committed(const std::string& position) {
  if (functions().committed == nullptr) return;
  mr_error error;
  const PluginCall call(parts_, "committed");
  parts_.check(functions().committed(self_.get(), str(position), &error), error);
}

ReaderHandle SourceHandle::open(const SourceRange& range, const std::vector<int32_t>& columns) {
  const mr_range crossing{str(range.partition), range.start, range.end, str(range.detail)};
  void* reader = nullptr;
  mr_error error;
  const PluginCall call(parts_, "open");
  parts_.check(functions().open_reader(self_.get(), &crossing, columns.data(), columns.size(),
                                       &reader, &error),
               error);
  Schema schema;
  for (const auto column : columns) schema.fields.push_back(schema_[static_cast<size_t>(column)]);
  return {parts_, PluginObject(reader, functions().close_reader),
          std::make_shared<const Schema>(std::move(schema))};
}

}  // namespace millrace

#include "core/plugin/format_handle.hpp"

#include "core/plugin/plugin_call.hpp"

namespace millrace {
namespace {

PluginObject create(const ComponentParts& parts, const ArrowSchema* rows) {
  const auto& functions = parts.functions<mr_format>();
  void* self = nullptr;
  mr_error error;
  parts.check(functions.create(parts.host->get(), parts.values->get(), rows, &self, &error), error);
  return {self, functions.destroy};
}

void take_rejected(void* engine, int64_t row, mr_str reason) {
  static_cast<std::vector<RejectedPayload>*>(engine)->push_back({row, std::string(view(reason))});
}

}  // namespace

FormatHandle::FormatHandle(ComponentParts parts, std::shared_ptr<const Schema> rows)
    : parts_(std::move(parts)),
      rows_(std::move(rows)),
      crossing_rows_(*rows_),
      self_(create(parts_, crossing_rows_.get())) {}

Batch FormatHandle::decode(const Column& payloads, std::vector<RejectedPayload>& rejected) {
  const auto decode_rows = parts_.functions<mr_format>().decode;
  if (decode_rows == nullptr)
    throw Error::user(parts_.title + ": format `" + parts_.type->name + "` cannot decode");
  const mr_rejects rejects{sizeof(mr_rejects), &rejected, take_rejected};
  ArrowArray crossing{};
  ArrowArray rows{};
  mr_error error;
  const PluginCall call(parts_, "decode");
  arrow::export_column(payloads, &crossing);
  parts_.check(decode_rows(self_.get(), &crossing, &rows, &rejects, &error), error);
  return arrow::import_batch(rows_, &rows);
}

Column FormatHandle::encode(const Batch& rows) {
  const auto encode_rows = parts_.functions<mr_format>().encode;
  if (encode_rows == nullptr)
    throw Error::user(parts_.title + ": format `" + parts_.type->name + "` cannot encode");
  ArrowArray crossing{};
  ArrowArray payloads{};
  mr_error error;
  const PluginCall call(parts_, "encode");
  arrow::export_batch(rows, &crossing);
  parts_.check(encode_rows(self_.get(), &crossing, &payloads, &error), error);
  return arrow::import_column(TypeId::binary, &payloads);
}

}  // namespace millrace

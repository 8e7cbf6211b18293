#include "core/plugin/store_handle.hpp"

namespace millrace {
namespace {

PluginObject create(const ComponentParts& parts) {
  const auto& functions = parts.functions<mr_store>();
  void* self = nullptr;
  mr_error error;
  parts.check(functions.create(parts.host->get(), parts.values->get(), &self, &error), error);
  return {self, functions.destroy};
}

mr_result append_piece(void* engine, mr_str bytes, mr_error* error) {
  return detail::guarded(error, [&] {
    (*static_cast<const StoreHandle::Append*>(engine))(view(bytes));
    return MR_OK;
  });
}

mr_writer writer_to(const StoreHandle::Append& append) {
  return {sizeof(mr_writer), const_cast<StoreHandle::Append*>(&append), append_piece};
}

}  // namespace

StoreHandle::StoreHandle(ComponentParts parts) : parts_(std::move(parts)), self_(create(parts_)) {}

mr_store_size StoreHandle::measure() const {
  mr_store_size size{};
  parts_.functions<mr_store>().measure(self_.get(), &size);
  return size;
}

void StoreHandle::write_changes(const Append& append) {
  const auto writer = writer_to(append);
  mr_error error;
  parts_.check(parts_.functions<mr_store>().write_changes(self_.get(), &writer, &error), error);
}

void StoreHandle::write_snapshot(const Append& append) {
  const auto writer = writer_to(append);
  mr_error error;
  parts_.check(parts_.functions<mr_store>().write_snapshot(self_.get(), &writer, &error), error);
}

void StoreHandle::read(std::string_view piece) {
  mr_error error;
  parts_.check(parts_.functions<mr_store>().read(self_.get(), str(piece), &error), error);
}

}  // namespace millrace

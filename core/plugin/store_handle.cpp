#include "core/plugin/store_handle.hpp"

#include <cstddef>

#include "core/plugin/plugin_call.hpp"

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

mr_result tell_file(void* engine, mr_str name, int64_t bytes, int32_t grows, mr_error* error) {
  return detail::guarded(error, [&] {
    (*static_cast<const SpaceHandle::VisitFile*>(engine))(view(name), static_cast<uint64_t>(bytes),
                                                          grows != 0);
    return MR_OK;
  });
}

PluginObject open_space(const ComponentParts& parts, const std::string& directory) {
  const auto& functions = parts.functions<mr_store>();
  void* space = nullptr;
  mr_error error;
  parts.check(
      functions.open_space(parts.host->get(), parts.values->get(), str(directory), &space, &error),
      error);
  return {space, functions.close_space};
}

// A plugin of an older release has a shorter table.
bool reaches(const mr_store& functions, size_t offset) {
  return functions.size >= offset + sizeof(void*);
}

}  // namespace

bool writes_parts(const ComponentType& store) {
  const auto& functions = *static_cast<const mr_store*>(store.functions);
  return reaches(functions, offsetof(mr_store, write_part)) && functions.write_part != nullptr;
}

bool SpaceHandle::serves(const ComponentType& store) {
  const auto& functions = *static_cast<const mr_store*>(store.functions);
  return reaches(functions, offsetof(mr_store, list_files)) && functions.open_space != nullptr;
}

SpaceHandle::SpaceHandle(ComponentParts parts, const std::string& directory)
    : parts_(std::move(parts)), self_(open_space(parts_, directory)) {}

StoreHandle SpaceHandle::open(const ComponentParts& parts, uint32_t shard) {
  const auto& functions = parts_.functions<mr_store>();
  void* store = nullptr;
  mr_error error;
  parts.check(functions.open(self_.get(), str(parts.host->component()), static_cast<int32_t>(shard),
                             &store, &error),
              error);
  return {parts, {store, functions.destroy}};
}

void SpaceHandle::list_files(const VisitFile& visit) {
  const mr_file_list list{sizeof(mr_file_list), const_cast<VisitFile*>(&visit), tell_file};
  mr_error error;
  const PluginCall call(parts_, "list_files");
  parts_.check(parts_.functions<mr_store>().list_files(self_.get(), &list, &error), error);
}

StoreHandle::StoreHandle(ComponentParts parts) : parts_(std::move(parts)), self_(create(parts_)) {}

mr_store_size StoreHandle::measure() const {
  mr_store_size size{};
  parts_.functions<mr_store>().measure(self_.get(), &size);
  return size;
}

void StoreHandle::write_changes(const Append& append) {
  const auto writer = writer_to(append);
  mr_error error;
  const PluginCall call(parts_, "write_changes");
  parts_.check(parts_.functions<mr_store>().write_changes(self_.get(), &writer, &error), error);
}

void StoreHandle::write_snapshot(const Append& append) {
  const auto writer = writer_to(append);
  mr_error error;
  const PluginCall call(parts_, "write_snapshot");
  parts_.check(parts_.functions<mr_store>().write_snapshot(self_.get(), &writer, &error), error);
}

bool StoreHandle::write_part(bool begins, int64_t bytes_max, const Append& append) {
  const auto writer = writer_to(append);
  int32_t done = 0;
  mr_error error;
  const PluginCall call(parts_, "write_part");
  parts_.check(parts_.functions<mr_store>().write_part(self_.get(), begins ? 1 : 0, bytes_max,
                                                       &writer, &done, &error),
               error);
  return done != 0;
}

void StoreHandle::read(std::string_view piece) {
  mr_error error;
  const PluginCall call(parts_, "read");
  parts_.check(parts_.functions<mr_store>().read(self_.get(), str(piece), &error), error);
}

}  // namespace millrace

#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "millrace/arrow.hpp"
#include "millrace/format.hpp"
#include "millrace/settings.hpp"
#include "millrace/source.hpp"
#include "millrace/store.hpp"

// The only glue between C++ classes and the C functions of abi.h, one table per component kind:
// sources, formats and stores here, transforms and sinks in reader_thunks.hpp.
namespace millrace::detail {

inline void export_rows(const Batch& batch, ArrowArray* out) { arrow::export_batch(batch, out); }

template <class T, class Settings>
struct Known {
  static inline std::vector<Setting<Settings>> settings;
};

template <class T, class Settings>
struct SourceThunks : Known<T, Settings> {
  struct Self {
    T source;
    Schema schema;
    std::string text;
  };
  struct Open {
    std::unique_ptr<Reader> reader;
  };
  static Self& at(void* self) { return *static_cast<Self*>(self); }

  static mr_result create(const mr_host* host, const mr_values* values, void** self,
                          mr_error* error) {
    return guarded(error, [&] {
      auto made = std::unique_ptr<Self>(
          new Self{T(read(Known<T, Settings>::settings, *values, *host), Context(*host)), {}, {}});
      made->schema = made->source.schema();
      *self = made.release();
      return MR_OK;
    });
  }
  static void destroy(void* self) { delete &at(self); }
  static mr_result schema(void* self, ArrowSchema* out, mr_error* error) {
    return guarded(error, [&] {
      arrow::export_schema(at(self).schema, out);
      return MR_OK;
    });
  }
  static mr_result latest(void* self, mr_str position, mr_str* target, mr_error* error) {
    return guarded(error, [&] {
      at(self).text = at(self).source.latest(std::string(view(position)));
      *target = str(at(self).text);
      return MR_OK;
    });
  }
  static mr_result arrived(void* self, mr_str position, mr_str* target, mr_error* error) {
    return guarded(error, [&] {
      at(self).text = at(self).source.arrived(std::string(view(position)));
      *target = str(at(self).text);
      return MR_OK;
    });
  }
  static void limit(void* self, int64_t size) { at(self).source.limit(size); }
  static mr_result plan(void* self, mr_str position, mr_str target, uint32_t flags,
                        const mr_plan_output* out, mr_error* error) {
    return guarded(error, [&] {
      const auto input =
          at(self).source.plan(std::string(view(position)), std::string(view(target)),
                               (flags & MR_PLAN_WITHOUT_LIMIT) != 0);
      for (const auto& range : input.ranges) {
        const mr_range crossing{str(range.partition), range.start, range.end, str(range.detail)};
        out->range(out->engine, &crossing);
      }
      for (const auto& part : input.partitions) {
        const mr_partition crossing{sizeof(mr_partition),
                                    str(part.partition),
                                    str(part.topic),
                                    part.index,
                                    part.next,
                                    part.latest,
                                    part.never_had_records ? 1 : 0};
        out->partition(out->engine, &crossing);
      }
      for (const auto& [partition, records] : input.lost)
        out->lost(out->engine, str(partition), records);
      out->position(out->engine, str(input.position));
      return MR_OK;
    });
  }
  static mr_result committed(void* self, mr_str position, mr_error* error) {
    return guarded(error, [&] {
      at(self).source.committed(std::string(view(position)));
      return MR_OK;
    });
  }
  static mr_result open_reader(void* self, const mr_range* range, const int32_t* columns,
                               size_t column_count, void** reader, mr_error* error) {
    return guarded(error, [&] {
      *reader = new Open{at(self).source.open({std::string(view(range->partition)), range->start,
                                               range->end, std::string(view(range->detail))},
                                              {columns, columns + column_count})};
      return MR_OK;
    });
  }
  static mr_result read_rows(void* reader, int64_t timeout_us, ArrowArray* out, mr_error* error) {
    return guarded(error, [&] {
      Batch rows;
      const auto result = static_cast<Open*>(reader)->reader->read(timeout_us, rows);
      if (result == Read::idle) return MR_IDLE;
      if (result == Read::end) return MR_END;
      export_rows(rows, out);
      return MR_OK;
    });
  }
  static void close_reader(void* reader) { delete static_cast<Open*>(reader); }

  static constexpr mr_source table{
      sizeof(mr_source), create,      destroy,   schema,       latest,  plan,
      committed,         open_reader, read_rows, close_reader, arrived, limit};
};

template <class T, class Settings>
struct FormatThunks : Known<T, Settings> {
  struct Self {
    T format;
    std::shared_ptr<const Schema> schema;
  };
  static Self& at(void* self) { return *static_cast<Self*>(self); }

  static mr_result create(const mr_host* host, const mr_values* values, const ArrowSchema* rows,
                          void** self, mr_error* error) {
    return guarded(error, [&] {
      auto schema = std::make_shared<const Schema>(arrow::import_schema(*rows));
      *self = new Self{
          T(read(Known<T, Settings>::settings, *values, *host), Context(*host), *schema), schema};
      return MR_OK;
    });
  }
  static void destroy(void* self) { delete &at(self); }
  static mr_result decode(void* self, ArrowArray* payloads, ArrowArray* rows,
                          const mr_rejects* rejects, mr_error* error) {
    return guarded(error, [&] {
      const auto column = arrow::import_column(TypeId::binary, payloads);
      export_rows(at(self).format.decode(column, Rejects(*rejects)), rows);
      return MR_OK;
    });
  }
  static mr_result encode(void* self, ArrowArray* rows, ArrowArray* payloads, mr_error* error) {
    return guarded(error, [&] {
      const auto batch = arrow::import_batch(at(self).schema, rows);
      arrow::export_column(at(self).format.encode(batch), payloads);
      return MR_OK;
    });
  }

  static constexpr mr_format table{sizeof(mr_format), create, destroy, decode, encode};
};

struct StoreCalls {
  static Store& at(void* self) { return *static_cast<Store*>(self); }

  static void destroy(void* self) { delete &at(self); }
  static mr_result get(void* self, size_t n, const mr_key* keys, mr_str* values, mr_error* error) {
    return guarded(error, [&] { return at(self).get(n, keys, values), MR_OK; });
  }
  static mr_result put(void* self, size_t n, const mr_key* keys, const mr_str* values,
                       mr_error* error) {
    return guarded(error, [&] { return at(self).put(n, keys, values), MR_OK; });
  }
  static mr_result erase(void* self, size_t n, const mr_key* keys, mr_error* error) {
    return guarded(error, [&] { return at(self).erase(n, keys), MR_OK; });
  }
  static mr_result scan(void* self, int64_t from, int64_t to, void* visitor, mr_visit visit,
                        mr_error* error) {
    return guarded(error, [&] { return at(self).scan(from, to, visitor, visit), MR_OK; });
  }
  static mr_result evict(void* self, int64_t up_to, int64_t* removed, mr_error* error) {
    return guarded(error, [&] { return *removed = at(self).evict(up_to), MR_OK; });
  }
  static void measure(void* self, mr_store_size* out) { *out = at(self).measure(); }
  static mr_result write_changes(void* self, const mr_writer* writer, mr_error* error) {
    return guarded(error, [&] { return at(self).write_changes(PieceWriter(*writer)), MR_OK; });
  }
  static mr_result write_snapshot(void* self, const mr_writer* writer, mr_error* error) {
    return guarded(error, [&] { return at(self).write_snapshot(PieceWriter(*writer)), MR_OK; });
  }
  static mr_result read_piece(void* self, mr_str bytes, mr_error* error) {
    return guarded(error, [&] { return at(self).read(view(bytes)), MR_OK; });
  }

  static constexpr mr_store table{sizeof(mr_store),
                                  nullptr,
                                  destroy,
                                  get,
                                  put,
                                  erase,
                                  scan,
                                  evict,
                                  measure,
                                  write_changes,
                                  write_snapshot,
                                  read_piece,
                                  nullptr,
                                  nullptr,
                                  nullptr,
                                  nullptr,
                                  nullptr};
};

template <class T, class Settings>
struct StoreThunks : Known<T, Settings> {
  static mr_result create(const mr_host* host, const mr_values* values, void** self,
                          mr_error* error) {
    return guarded(error, [&] {
      *self = static_cast<Store*>(
          new T(read(Known<T, Settings>::settings, *values, *host), Context(*host)));
      return MR_OK;
    });
  }
  static mr_result write_part(void* self, int32_t begins, int64_t bytes_max,
                              const mr_writer* writer, int32_t* done, mr_error* error) {
    return guarded(error, [&] {
      auto& store = static_cast<PartedStore&>(StoreCalls::at(self));
      *done = store.write_part(begins != 0, bytes_max, PieceWriter(*writer)) ? 1 : 0;
      return MR_OK;
    });
  }

  static constexpr mr_store table = [] {
    mr_store functions = StoreCalls::table;
    functions.create = create;
    if constexpr (std::derived_from<T, PartedStore>) functions.write_part = write_part;
    return functions;
  }();
};

template <class T, class Settings>
struct SpaceThunks : Known<T, Settings> {
  static T& at(void* space) { return *static_cast<T*>(space); }

  static mr_result open_space(const mr_host* host, const mr_values* values, mr_str directory,
                              void** space, mr_error* error) {
    return guarded(error, [&] {
      *space = new T(read(Known<T, Settings>::settings, *values, *host), Context(*host),
                     std::string(view(directory)));
      return MR_OK;
    });
  }
  static void close_space(void* space) { delete &at(space); }
  static mr_result open(void* space, mr_str component, int32_t shard, void** self,
                        mr_error* error) {
    return guarded(error, [&] {
      *self = at(space).open(view(component), shard).release();
      return MR_OK;
    });
  }
  static mr_result list_files(void* space, const mr_file_list* files, mr_error* error) {
    return guarded(error, [&] { return at(space).list_files(FileList(*files)), MR_OK; });
  }

  static constexpr mr_store table = [] {
    mr_store functions = StoreCalls::table;
    functions.open_space = open_space;
    functions.close_space = close_space;
    functions.open = open;
    functions.list_files = list_files;
    return functions;
  }();
};

}  // namespace millrace::detail

#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "millrace/context.hpp"

namespace millrace {

/// An entry's place: the time after which it may be evicted, and its key bytes with their hash.
using Key = mr_key;
using StoreSize = mr_store_size;

/// Takes the pieces in which a store writes itself down.
class PieceWriter {
 public:
  explicit PieceWriter(const mr_writer& writer) : writer_(&writer) {}
  void append(std::string_view bytes) const {
    mr_error error;
    detail::check(writer_->append(writer_->engine, str(bytes), &error), error);
  }

 private:
  const mr_writer* writer_;
};

/// State of one shard of one transform, for those who write stores. See abi.h for each function.
class Store {
 public:
  using Visitor = std::function<void(int64_t bucket, std::string_view key, std::string_view value)>;

  virtual ~Store() = default;
  virtual void get(size_t count, const Key* keys, mr_str* values) = 0;
  virtual void put(size_t count, const Key* keys, const mr_str* values) = 0;
  virtual void erase(size_t count, const Key* keys) = 0;
  virtual void scan(int64_t from, int64_t to, void* visitor, mr_visit visit) = 0;
  virtual int64_t evict(int64_t up_to) = 0;
  virtual StoreSize measure() const = 0;
  virtual void write_changes(const PieceWriter& writer) = 0;
  virtual void write_snapshot(const PieceWriter& writer) = 0;
  virtual void read(std::string_view bytes) = 0;
};

/// A store that writes its snapshots in parts.
class PartedStore : public Store {
 public:
  /// True once everything was written.
  virtual bool write_part(bool begins, int64_t bytes_max, const PieceWriter& writer) = 0;
};

/// Takes the names of a space's files.
class FileList {
 public:
  explicit FileList(const mr_file_list& list) : list_(&list) {}
  void add(std::string_view name, int64_t bytes, bool grows) const {
    mr_error error;
    detail::check(list_->file(list_->engine, str(name), bytes, grows ? 1 : 0, &error), error);
  }

 private:
  const mr_file_list* list_;
};

/// The stores of a pipeline, for those that keep their state in files. See abi.h.
class StoreSpace {
 public:
  virtual ~StoreSpace() = default;
  virtual std::unique_ptr<Store> open(std::string_view component, int32_t shard) = 0;
  virtual void list_files(const FileList& files) = 0;
};

/// An open store, for those who write transforms.
class State {
 public:
  explicit State(const mr_state& state) : functions_(state.functions), self_(state.self) {}

  /// Absent keys have a null data pointer. The values are valid until the next change.
  void get(size_t count, const Key* keys, mr_str* values) const {
    mr_error error;
    detail::check(functions_->get(self_, count, keys, values, &error), error);
  }
  void put(size_t count, const Key* keys, const mr_str* values) const {
    mr_error error;
    detail::check(functions_->put(self_, count, keys, values, &error), error);
  }
  void erase(size_t count, const Key* keys) const {
    mr_error error;
    detail::check(functions_->erase(self_, count, keys, &error), error);
  }
  /// Calls visit(bucket, key, value) for every entry with a bucket in [from, to], buckets rising.
  template <class Visit>
  void scan(int64_t from, int64_t to, Visit&& visit) const {
    mr_error error;
    struct Call {
      std::remove_reference_t<Visit>* visit;
      std::exception_ptr thrown;
    } call{&visit, nullptr};
    const mr_visit thunk = [](void* visitor, int64_t bucket, mr_str key, mr_str value) {
      auto& target = *static_cast<Call*>(visitor);
      if (target.thrown) return;
      try {
        (*target.visit)(bucket, view(key), view(value));
      } catch (...) {
        target.thrown = std::current_exception();
      }
    };
    detail::check(functions_->scan(self_, from, to, &call, thunk, &error), error);
    if (call.thrown) std::rethrow_exception(call.thrown);
  }
  /// Drops every bucket <= up_to; returns how many entries that were.
  int64_t evict(int64_t up_to) const {
    mr_error error;
    int64_t removed = 0;
    detail::check(functions_->evict(self_, up_to, &removed, &error), error);
    return removed;
  }
  StoreSize measure() const {
    StoreSize size{};
    functions_->measure(self_, &size);
    return size;
  }

 private:
  const mr_store* functions_;
  void* self_;
};

}  // namespace millrace

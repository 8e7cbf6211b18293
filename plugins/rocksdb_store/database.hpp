#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::rocksdb_store {

/// A RocksDB database in one directory, within a bound of memory: the one place that knows RocksDB.
/// Keys are ordered by their bytes. Thread-safe. The directory is emptied when it is closed.
class Database {
 public:
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  using VisitFile = std::function<void(std::string_view name, int64_t bytes, bool grows)>;

  Database(std::string directory, int64_t memory_limit);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Calls found(i, value) for each key that is there, in no particular order.
  void get(const std::vector<std::string_view>& keys,
           const std::function<void(size_t i, std::string_view value)>& found) const;

  struct Change {
    std::string_view key;
    std::string_view value;
    bool erase = false;
  };
  void write(const std::vector<Change>& changes);
  /// The keys in [from, to), rising, until `visit` returns false.
  void scan(std::string_view from, std::string_view to, const Visit& visit) const;
  void erase_range(std::string_view from, std::string_view to);

  /// Makes everything durable and tells the files that it is made of; none goes meanwhile.
  void list_files(const VisitFile& visit);

  /// On the disk, about.
  int64_t bytes_between(std::string_view from, std::string_view to) const;
  /// Blocks and write buffers.
  int64_t memory_bytes() const;

 private:
  struct Parts;

  std::string directory_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace::rocksdb_store

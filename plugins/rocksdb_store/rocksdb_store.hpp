#pragma once
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "millrace/store.hpp"

#include "plugins/rocksdb_store/database.hpp"
#include "plugins/rocksdb_store/key_text.hpp"
#include "plugins/rocksdb_store/known_keys.hpp"

namespace millrace::rocksdb_store {

/// What the space knows of a shard.
struct ShardFacts {
  ShardId id;
  int64_t rows = 0;
  int64_t rows_written = 0;  // As the database has it.
  int64_t bytes = 0;         // On the disk, at the last checkpoint.
};

/// State of one shard: a range of the database.
class RocksdbStore final : public Store {
 public:
  RocksdbStore(Database& database, ShardFacts& facts) : database_(&database), facts_(&facts) {}

  void get(size_t count, const Key* keys, mr_str* values) override;
  void put(size_t count, const Key* keys, const mr_str* values) override;
  void erase(size_t count, const Key* keys) override;
  void scan(int64_t from, int64_t to, void* visitor, mr_visit visit) override;
  int64_t evict(int64_t up_to) override;
  StoreSize measure() const override { return {facts_->rows, facts_->bytes}; }
  void write_changes(const PieceWriter&) override {}  // The space's files hold them.
  void write_snapshot(const PieceWriter& writer) override;
  void read(std::string_view bytes) override;

 private:
  /// The entries up to a time, as the last scan found them; void once something changes.
  struct Counted {
    int64_t up_to;
    int64_t rows;
  };

  void put_some(size_t count, const Key* keys, const mr_str* values);
  void erase_some(size_t count, const Key* keys);
  void find_unknown(const std::vector<std::string_view>& keys);
  void changes();
  int64_t count_up_to(int64_t up_to, std::vector<std::string>& few) const;
  int64_t from_first(int64_t bucket) const;

  Database* database_;
  ShardFacts* facts_;
  KnownKeys known_;
  /// Nothing lies before it: what was evicted leaves marks that a scan had to pass.
  int64_t first_bucket_ = std::numeric_limits<int64_t>::min();
  std::optional<Counted> counted_;
  std::deque<std::string> values_;  // That get() handed out.
  KeyTexts keys_;
};

}  // namespace millrace::rocksdb_store

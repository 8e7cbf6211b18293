#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>

#include "millrace/settings.hpp"
#include "millrace/store.hpp"

#include "plugins/rocksdb_store/rocksdb_store.hpp"

namespace millrace::rocksdb_store {

struct Settings {
  ByteSize memory_limit{256 << 20};
};

/// One database for all transforms and shards of a pipeline, and so one bound of memory, one set of
/// write buffers and one file for what changed in an epoch.
class RocksdbSpace final : public StoreSpace {
 public:
  RocksdbSpace(const Settings& settings, const Context& context, const std::string& directory);

  std::unique_ptr<Store> open(std::string_view component, int32_t shard) override;
  void list_files(const FileList& files) override;

 private:
  void start();
  void read_names();
  void read_rows();
  uint16_t number_of(std::string_view component);
  void drop_unopened();
  void write_rows();
  void measure();

  const std::string directory_;
  const int64_t memory_limit_;
  const Context context_;
  std::unique_ptr<Database> database_;  // From the first store on: before that nothing is touched.
  Metric memory_;
  std::map<std::string, uint16_t, std::less<>> numbers_;
  std::set<uint16_t> opened_;
  std::map<ShardId, ShardFacts> shards_;  // Their addresses stay.
};

}  // namespace millrace::rocksdb_store

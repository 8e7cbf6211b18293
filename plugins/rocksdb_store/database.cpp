#include "plugins/rocksdb_store/database.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include "millrace/error.hpp"

namespace millrace::rocksdb_store {
namespace {

constexpr size_t lookups_at_once = 256;
constexpr size_t write_bytes_at_once = size_t{1} << 20;
constexpr int64_t write_buffers = 3;

void check(const rocksdb::Status& status, const char* what) {
  if (status.ok()) return;
  const std::string cause =
      std::string("the state store cannot ") + what + ": " + status.ToString();
  if (status.IsMemoryLimit() || status.IsIncomplete())
    throw Error::user(cause +
                      ". Give it more: state_store = { type = \"rocksdb\", memory_limit = "
                      "\"512 MiB\" }");
  if (status.IsCorruption()) throw Error::user(cause);
  throw Error::external(cause);
}

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view_of(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

/// What it would say goes nowhere: what fails is thrown.
class Silence final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

bool can(rocksdb::CompressionType type) {
  const auto known = rocksdb::GetSupportedCompressions();
  return std::find(known.begin(), known.end(), type) != known.end();
}

std::shared_ptr<rocksdb::Cache> make_cache(int64_t memory_limit) {
  rocksdb::LRUCacheOptions options;
  options.capacity = static_cast<size_t>(memory_limit);
  options.strict_capacity_limit = true;
  options.num_shard_bits = 2;  // A part must hold the write buffers' share and what is in use.
  options.high_pri_pool_ratio = 0.2;
  return rocksdb::NewLRUCache(options);
}

// Blocks, indexes, filters and what tables keep in memory all live in the cache.
rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_top_level_index_and_filter = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  table.format_version = 5;
  for (const auto role : {rocksdb::CacheEntryRole::kBlockBasedTableReader,
                          rocksdb::CacheEntryRole::kFilterConstruction})
    table.cache_usage_options.options_overrides[role].charged =
        rocksdb::CacheEntryRoleOptions::Decision::kEnabled;
  return table;
}

// Runs of similar size are merged, so that the small file of an epoch never rewrites a large one:
// the work of an epoch stays in proportion to what it changed.
void choose_compaction(rocksdb::Options& options) {
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.compaction_options_universal.max_size_amplification_percent = 100;
  options.compaction_options_universal.size_ratio = 10;
  options.level0_file_num_compaction_trigger = 6;
  options.level0_slowdown_writes_trigger = 24;
  options.level0_stop_writes_trigger = 40;
  options.target_file_size_base = uint64_t{32} << 20;
  options.max_background_jobs = 2;
  options.compression =
      can(rocksdb::kLZ4Compression) ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::Options make_options(const std::shared_ptr<rocksdb::Cache>& cache, int64_t memory_limit) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.info_log = std::make_shared<Silence>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.max_open_files = 256;
  options.max_manifest_file_size = size_t{256} << 10;
  options.skip_stats_update_on_db_open = true;
  options.bytes_per_sync = uint64_t{1} << 20;
  const int64_t for_writing = memory_limit / 4;
  options.write_buffer_size = static_cast<size_t>(for_writing / write_buffers);
  options.max_write_buffer_number = write_buffers;
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(static_cast<size_t>(for_writing), cache);
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(cache)));
  choose_compaction(options);
  return options;
}

rocksdb::WriteOptions write_options() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;  // The checkpoint's files are what a restart begins from.
  return options;
}

bool is_manifest(const std::string& name) { return name.starts_with("MANIFEST-"); }

// Of the files that list_files told, CURRENT is the one that follows from another's name.
void name_the_manifest(const std::string& directory) {
  const std::filesystem::path current = std::filesystem::path(directory) / "CURRENT";
  if (std::filesystem::exists(current)) return;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (is_manifest(name)) std::ofstream(current) << name << '\n';
  }
}

}  // namespace

struct Database::Parts {
  std::shared_ptr<rocksdb::Cache> cache;
  rocksdb::Options options;
  std::unique_ptr<rocksdb::DB> db;
};

Database::Database(std::string directory, int64_t memory_limit)
    : directory_(std::move(directory)), parts_(std::make_unique<Parts>()) {
  std::filesystem::create_directories(directory_);
  name_the_manifest(directory_);
  parts_->cache = make_cache(memory_limit);
  parts_->options = make_options(parts_->cache, memory_limit);
  rocksdb::DB* opened = nullptr;
  check(rocksdb::DB::Open(parts_->options, directory_, &opened), "be opened");
  parts_->db.reset(opened);
}

Database::~Database() {
  parts_->db->Close().PermitUncheckedError();
  parts_->db.reset();
  rocksdb::DestroyDB(directory_, parts_->options).PermitUncheckedError();
}

// In order of the keys, so that a block is looked at once for all keys that it may hold.
void Database::get(const std::vector<std::string_view>& keys,
                   const std::function<void(size_t, std::string_view)>& found) const {
  std::vector<uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](uint32_t left, uint32_t right) { return keys[left] < keys[right]; });
  std::vector<rocksdb::Slice> slices(lookups_at_once);
  std::vector<rocksdb::PinnableSlice> values(lookups_at_once);
  std::vector<rocksdb::Status> statuses(lookups_at_once);
  for (size_t first = 0; first < order.size(); first += lookups_at_once) {
    const size_t count = std::min(lookups_at_once, order.size() - first);
    for (size_t i = 0; i < count; ++i) slices[i] = slice(keys[order[first + i]]);
    parts_->db->MultiGet({}, parts_->db->DefaultColumnFamily(), count, slices.data(), values.data(),
                         statuses.data(), true);
    for (size_t i = 0; i < count; ++i) {
      if (statuses[i].ok()) found(order[first + i], view_of(values[i]));
      values[i].Reset();
      if (!statuses[i].IsNotFound()) check(statuses[i], "be read");
    }
  }
}

void Database::write(const std::vector<Change>& changes) {
  rocksdb::WriteBatch batch;
  const auto flush = [&] {
    check(parts_->db->Write(write_options(), &batch), "be written");
    batch.Clear();
  };
  for (const auto& change : changes) {
    check(change.erase ? batch.Delete(slice(change.key))
                       : batch.Put(slice(change.key), slice(change.value)),
          "take a change");
    if (batch.GetDataSize() >= write_bytes_at_once) flush();
  }
  if (batch.Count() != 0) flush();
}

void Database::scan(std::string_view from, std::string_view to, const Visit& visit) const {
  const rocksdb::Slice upper = slice(to);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper;
  options.fill_cache = false;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> at(parts_->db->NewIterator(options));
  for (at->Seek(slice(from)); at->Valid(); at->Next())
    if (!visit(view_of(at->key()), view_of(at->value()))) break;
  check(at->status(), "be read");
}

void Database::erase_range(std::string_view from, std::string_view to) {
  auto* family = parts_->db->DefaultColumnFamily();
  check(parts_->db->DeleteRange(write_options(), family, slice(from), slice(to)), "drop entries");
  const rocksdb::Slice begin = slice(from);
  const rocksdb::Slice end = slice(to);
  // Files that lie in the range as a whole go at once.
  check(rocksdb::DeleteFilesInRange(parts_->db.get(), family, &begin, &end, false), "drop files");
}

void Database::list_files(const VisitFile& visit) {
  check(parts_->db->DisableFileDeletions(), "keep its files");
  struct Again {
    rocksdb::DB* db;
    ~Again() { db->EnableFileDeletions(false).PermitUncheckedError(); }
  } const again{parts_->db.get()};
  std::vector<std::string> names;
  uint64_t manifest_bytes = 0;
  check(parts_->db->GetLiveFiles(names, &manifest_bytes, true), "write its files");
  for (const auto& path : names) {
    const std::string name = path.substr(1);  // They begin with a slash.
    const bool grows = is_manifest(name);
    if (!grows && !name.ends_with(".sst")) continue;
    const auto bytes = grows ? manifest_bytes
                             : std::filesystem::file_size(std::filesystem::path(directory_) / name);
    visit(name, static_cast<int64_t>(bytes), grows);
  }
}

int64_t Database::bytes_between(std::string_view from, std::string_view to) const {
  const rocksdb::Range range(slice(from), slice(to));
  uint64_t bytes = 0;
  check(parts_->db->GetApproximateSizes(&range, 1, &bytes), "be measured");
  return static_cast<int64_t>(bytes);
}

int64_t Database::memory_bytes() const { return static_cast<int64_t>(parts_->cache->GetUsage()); }

}  // namespace millrace::rocksdb_store

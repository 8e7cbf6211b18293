#include "plugins/rocksdb_store/rocksdb_space.hpp"

#include <algorithm>
#include <limits>

namespace millrace::rocksdb_store {
namespace {

constexpr int64_t memory_least = int64_t{16} << 20;
constexpr std::string_view name_key{"\0\0n", 3};
constexpr std::string_view rows_key{"\0\0r", 3};

int64_t checked(const ByteSize& limit) {
  if (limit.bytes < memory_least)
    throw Error::user("the state store needs at least 16 MiB").about("memory_limit");
  return limit.bytes;
}

template <class Number>
std::string number_text(Number number) {
  std::string text;
  append_number(text, number);
  return text;
}

std::string rows_key_of(ShardId id) {
  std::string key(rows_key);
  append_shard(key, id);
  return key;
}

// The keys that begin with a prefix lie before it with its last byte raised.
std::string behind(std::string_view prefix) {
  std::string text(prefix);
  ++text.back();
  return text;
}

}  // namespace

RocksdbSpace::RocksdbSpace(const Settings& settings, const Context& context,
                           const std::string& directory)
    : directory_(directory), memory_limit_(checked(settings.memory_limit)), context_(context) {}

void RocksdbSpace::start() {
  database_ = std::make_unique<Database>(directory_, memory_limit_);
  memory_ = context_.gauge("state_store_memory_bytes",
                           "Memory of the state store: blocks and write buffers");
  read_names();
  read_rows();
  measure();
}

void RocksdbSpace::read_names() {
  database_->scan(name_key, behind(name_key), [&](std::string_view key, std::string_view value) {
    numbers_.emplace(key.substr(name_key.size()), number_at<uint16_t>(value, 0));
    return true;
  });
}

void RocksdbSpace::read_rows() {
  database_->scan(rows_key, behind(rows_key), [&](std::string_view key, std::string_view value) {
    const ShardId id{number_at<uint16_t>(key, rows_key.size()),
                     number_at<uint16_t>(key, rows_key.size() + 2)};
    const auto rows = static_cast<int64_t>(number_at<uint64_t>(value, 0));
    shards_[id] = {id, rows, rows, 0};
    return true;
  });
}

uint16_t RocksdbSpace::number_of(std::string_view component) {
  const auto found = numbers_.find(component);
  if (found != numbers_.end()) return found->second;
  uint16_t number = 1;
  for (const auto& [name, taken] : numbers_)
    number = std::max<uint16_t>(number, static_cast<uint16_t>(taken + 1));
  numbers_.emplace(component, number);
  const std::string key = std::string(name_key).append(component);
  database_->write({{key, number_text(number), false}});
  return number;
}

std::unique_ptr<Store> RocksdbSpace::open(std::string_view component, int32_t shard) {
  if (shard < 0 || shard > std::numeric_limits<uint16_t>::max() - 1)
    throw Error::user("the state store takes at most 65535 shards");
  if (!database_) start();
  const ShardId id{number_of(component), static_cast<uint16_t>(shard)};
  opened_.insert(id.transform);
  ShardFacts& facts = shards_[id];
  facts.id = id;
  return std::make_unique<RocksdbStore>(*database_, facts);
}

void RocksdbSpace::list_files(const FileList& files) {
  if (!database_) return;
  drop_unopened();
  write_rows();
  database_->list_files(
      [&](std::string_view name, int64_t bytes, bool grows) { files.add(name, bytes, grows); });
  measure();
}

// State of transforms that the pipeline has no more.
void RocksdbSpace::drop_unopened() {
  std::erase_if(numbers_, [&](const auto& each) {
    const auto& [name, number] = each;
    if (opened_.contains(number)) return false;
    constexpr int64_t first = std::numeric_limits<int64_t>::min();
    database_->erase_range(begin_of({number, 0}, first),
                           begin_of({static_cast<uint16_t>(number + 1), 0}, first));
    database_->erase_range(rows_key_of({number, 0}),
                           rows_key_of({static_cast<uint16_t>(number + 1), 0}));
    const std::string key = std::string(name_key).append(name);
    database_->write({{key, {}, true}});
    return true;
  });
  std::erase_if(shards_, [&](const auto& each) { return !opened_.contains(each.first.transform); });
}

void RocksdbSpace::write_rows() {
  for (auto& [id, facts] : shards_) {
    if (facts.rows == facts.rows_written) continue;
    database_->write({{rows_key_of(id), number_text(static_cast<uint64_t>(facts.rows)), false}});
    facts.rows_written = facts.rows;
  }
}

void RocksdbSpace::measure() {
  for (auto& [id, facts] : shards_)
    facts.bytes =
        database_->bytes_between(begin_of(id, std::numeric_limits<int64_t>::min()), end_of(id));
  memory_.record(static_cast<double>(database_->memory_bytes()));
}

}  // namespace millrace::rocksdb_store

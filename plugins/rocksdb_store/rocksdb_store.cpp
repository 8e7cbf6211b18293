#include "plugins/rocksdb_store/rocksdb_store.hpp"

#include <algorithm>

#include "millrace/state_pieces.hpp"

namespace millrace::rocksdb_store {
namespace {

constexpr size_t keys_at_once = 8 * 1024;
static_assert(keys_at_once <= KnownKeys::keys_most);
// So few entries are removed one by one: a mark for a range slows down all who look for a key.
constexpr size_t few_entries = 512;
constexpr int64_t first_time = std::numeric_limits<int64_t>::min();

template <class Step>
void in_steps(size_t count, Step&& step) {
  for (size_t first = 0; first < count; first += keys_at_once)
    step(first, std::min(keys_at_once, count - first));
}

}  // namespace

void RocksdbStore::changes() {
  values_.clear();
  counted_.reset();
}

void RocksdbStore::get(size_t count, const Key* keys, mr_str* values) {
  std::fill_n(values, count, mr_str{nullptr, 0});
  in_steps(count, [&](size_t first, size_t some) {
    keys_.encode(facts_->id, some, keys + first);
    const auto& texts = keys_.views();
    known_.make_room(some);
    std::string& bytes = values_.emplace_back();
    std::vector<std::pair<size_t, size_t>> places;  // Of a key, and where its value begins.
    database_->get(texts, [&](size_t i, std::string_view value) {
      places.emplace_back(i, bytes.size());
      values[first + i].size = value.size();
      bytes.append(value);
    });
    bytes.push_back('\0');  // An empty value is no null pointer.
    for (const auto& [i, at] : places) values[first + i].data = bytes.data() + at;
    for (size_t i = 0; i < some; ++i) known_.note(texts[i], values[first + i].data != nullptr);
  });
}

void RocksdbStore::find_unknown(const std::vector<std::string_view>& keys) {
  known_.make_room(keys.size());
  std::vector<std::string_view> unknown;
  for (const auto key : keys)
    if (!known_.find(key)) unknown.push_back(key);
  if (unknown.empty()) return;
  for (const auto key : unknown) known_.note(key, false);
  database_->get(unknown, [&](size_t i, std::string_view) { known_.note(unknown[i], true); });
}

void RocksdbStore::put(size_t count, const Key* keys, const mr_str* values) {
  in_steps(count, [&](size_t first, size_t some) { put_some(some, keys + first, values + first); });
  changes();
}

void RocksdbStore::put_some(size_t count, const Key* keys, const mr_str* values) {
  keys_.encode(facts_->id, count, keys);
  const auto& texts = keys_.views();
  find_unknown(texts);
  std::vector<Database::Change> changes;
  changes.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    changes.push_back({texts[i], view(values[i]), false});
    first_bucket_ = std::min(first_bucket_, keys[i].bucket);
    if (*known_.find(texts[i])) continue;
    known_.note(texts[i], true);
    ++facts_->rows;
  }
  database_->write(changes);
}

void RocksdbStore::erase(size_t count, const Key* keys) {
  in_steps(count, [&](size_t first, size_t some) { erase_some(some, keys + first); });
  changes();
}

void RocksdbStore::erase_some(size_t count, const Key* keys) {
  keys_.encode(facts_->id, count, keys);
  const auto& texts = keys_.views();
  find_unknown(texts);
  std::vector<Database::Change> changes;
  for (size_t i = 0; i < count; ++i) {
    if (!*known_.find(texts[i])) continue;
    known_.note(texts[i], false);
    --facts_->rows;
    changes.push_back({texts[i], {}, true});
  }
  database_->write(changes);
}

int64_t RocksdbStore::from_first(int64_t bucket) const { return std::max(bucket, first_bucket_); }

void RocksdbStore::scan(int64_t from, int64_t to, void* visitor, mr_visit visit) {
  if (from > to) return;
  const bool from_the_first = from <= first_bucket_;
  from = from_first(from);
  int64_t rows = 0;
  if (from <= to)
    database_->scan(begin_of(facts_->id, from), end_of(facts_->id, to),
                    [&](std::string_view key, std::string_view value) {
                      visit(visitor, bucket_of(key), str(key.substr(prefix_bytes)), str(value));
                      ++rows;
                      return true;
                    });
  if (from_the_first) counted_ = Counted{to, rows};
}

// Keys of few entries are kept; of many, only how many there are.
int64_t RocksdbStore::count_up_to(int64_t up_to, std::vector<std::string>& few) const {
  const bool is_counted = counted_ && counted_->up_to == up_to;
  if (is_counted && counted_->rows > static_cast<int64_t>(few_entries)) return counted_->rows;
  int64_t rows = 0;
  database_->scan(begin_of(facts_->id, first_bucket_), end_of(facts_->id, up_to),
                  [&](std::string_view key, std::string_view) {
                    ++rows;
                    if (few.size() < few_entries) few.emplace_back(key);
                    return true;
                  });
  return rows;
}

int64_t RocksdbStore::evict(int64_t up_to) {
  if (first_bucket_ > up_to || facts_->rows == 0) return 0;
  std::vector<std::string> few;
  const int64_t removed = count_up_to(up_to, few);
  if (removed > static_cast<int64_t>(few_entries)) {
    database_->erase_range(begin_of(facts_->id, first_bucket_), end_of(facts_->id, up_to));
  } else if (removed != 0) {
    std::vector<Database::Change> changes;
    changes.reserve(few.size());
    for (const auto& key : few) changes.push_back({key, {}, true});
    database_->write(changes);
  }
  if (up_to != std::numeric_limits<int64_t>::max()) first_bucket_ = up_to + 1;
  facts_->rows -= removed;
  if (removed != 0) known_.clear();
  changes();
  return removed;
}

void RocksdbStore::write_snapshot(const PieceWriter& writer) {
  PieceBuilder pieces(writer);
  database_->scan(begin_of(facts_->id, first_time), end_of(facts_->id),
                  [&](std::string_view key, std::string_view value) {
                    pieces.put(bucket_of(key), key.substr(prefix_bytes), value);
                    return true;
                  });
  pieces.finish();
}

void RocksdbStore::read(std::string_view bytes) {
  std::vector<Key> keys;
  std::vector<mr_str> values;
  const auto put_them = [&] {
    put(keys.size(), keys.data(), values.data());
    keys.clear();
    values.clear();
  };
  PieceReader pieces(bytes);
  while (const auto change = pieces.next()) {
    if (change->operation == StateOperation::put) {
      keys.push_back({change->bucket, 0, str(change->key)});
      values.push_back(str(change->value));
      continue;
    }
    put_them();
    const Key key{change->bucket, 0, str(change->key)};
    if (change->operation == StateOperation::erase)
      erase(1, &key);
    else
      evict(change->bucket);
  }
  put_them();
}

}  // namespace millrace::rocksdb_store

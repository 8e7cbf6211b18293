#include <filesystem>
#include <optional>

#include "plugins/rocksdb_store/rocksdb_space.hpp"
#include "tests/support/plugin/scratch_directory.hpp"
#include "tests/unit/memory_store/memory_life.hpp"
#include "tests/unit/memory_store/store_contract.hpp"

namespace millrace::testing {
namespace {

using rocksdb_store::RocksdbSpace;
using rocksdb_store::Settings;

/// A host that takes metrics and forgets them.
const mr_host& host() {
  static const mr_host host = [] {
    mr_host made{};
    made.size = sizeof made;
    made.metric = [](void*, int32_t, mr_str, mr_str) { return uint64_t{0}; };
    return made;
  }();
  return host;
}

/// A space, and copies of the files that it told.
class RocksdbLife {
 public:
  static constexpr int random_steps = 3'000;

  RocksdbLife() { open(); }
  ~RocksdbLife() {
    store_.reset();
    space_.reset();
  }
  RocksdbLife(const RocksdbLife&) = delete;
  RocksdbLife& operator=(const RocksdbLife&) = delete;

  Store& store() { return *store_; }
  RocksdbSpace& space() { return *space_; }
  std::filesystem::path work() const { return folder_ / "work"; }

  void save(bool /*snapshot*/) {
    std::filesystem::remove_all(folder_ / "kept");
    std::filesystem::create_directories(folder_ / "kept");
    files.clear();
    struct Call {
      RocksdbLife* life;
    } call{this};
    const mr_file_list list{sizeof(mr_file_list), &call,
                            [](void* engine, mr_str name, int64_t bytes, int32_t grows, mr_error*) {
                              static_cast<Call*>(engine)->life->keep(std::string(view(name)), bytes,
                                                                     grows != 0);
                              return mr_result{MR_OK};
                            }};
    space_->list_files(FileList(list));
  }
  void reopen() {
    store_.reset();
    space_.reset();
    std::filesystem::remove_all(work());
    std::filesystem::create_directories(work());
    if (std::filesystem::exists(folder_ / "kept")) std::filesystem::copy(folder_ / "kept", work());
    open();
  }

  std::map<std::string, int64_t> files;  // Told last, with their sizes.

 private:
  void open() {
    space_.emplace(Settings{{int64_t{16} << 20}}, Context(host()), work().string());
    store_ = space_->open("counts", 3);
  }
  void keep(const std::string& name, int64_t bytes, bool grows) {
    const auto kept = folder_ / "kept" / name;
    std::filesystem::copy_file(work() / name, kept);
    if (grows) std::filesystem::resize_file(kept, static_cast<uintmax_t>(bytes));
    EXPECT_EQ(static_cast<int64_t>(std::filesystem::file_size(kept)), bytes) << name;
    files[name] = bytes;
  }

  const testing::ScratchDirectory scratch_;
  const std::filesystem::path folder_{scratch_.path()};
  std::optional<RocksdbSpace> space_;
  std::unique_ptr<Store> store_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Rocksdb, StoreContract, RocksdbLife);

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RocksdbStore, ShardsAndTransformsDoNotSeeEachOther) {
  Written<RocksdbLife> state;
  const auto other_shard = state.life.space().open("counts", 4);
  const auto other_transform = state.life.space().open("totals", 3);
  const std::string key = "k";
  const Key place{1, 0, str(key)};
  for (Store* store : {other_shard.get(), other_transform.get()}) {
    const std::string value = store == other_shard.get() ? "shard" : "transform";
    const mr_str text = str(value);
    store->put(1, &place, &text);
  }
  EXPECT_EQ(state.get(1, "k"), "absent");
  state.put(1, "k", "own");
  EXPECT_EQ(other_shard->evict(5), 1);
  EXPECT_EQ(state.get(1, "k"), "own");
  EXPECT_EQ(other_transform->measure().rows, 1);
  EXPECT_THAT(state.scan(), ElementsAre("1 k=own"));
}

TEST(RocksdbStore, TellsOnlyFilesOfChangesAsNew) {
  Written<RocksdbLife> state;
  for (int i = 0; i < 20'000; ++i) state.put(1, std::to_string(i), std::string(50, 'v'));
  state.life.save(false);
  const auto before = state.life.files;
  state.put(1, "one more", "v");
  state.life.save(false);
  int64_t new_bytes = 0;
  for (const auto& [name, bytes] : state.life.files)
    if (name.ends_with(".sst") && !before.contains(name)) new_bytes += bytes;
  EXPECT_GT(new_bytes, 0);
  EXPECT_LT(new_bytes, 10'000);
  const auto after = state.life.files;
  state.life.save(false);
  EXPECT_EQ(state.life.files, after) << "nothing changed";
}

TEST(RocksdbStore, DropsStateOfTransformsThatAreNoMore) {
  Written<RocksdbLife> state;
  state.put(1, "k", "own");
  {
    const auto gone = state.life.space().open("gone", 0);
    const std::string key = "k";
    const Key place{1, 0, str(key)};
    const mr_str text = str(key);
    gone->put(1, &place, &text);
    state.life.save(false);
  }
  state.life.reopen();
  state.life.save(false);
  state.life.reopen();
  EXPECT_EQ(state.life.space().open("gone", 0)->measure().rows, 0);
  EXPECT_EQ(state.get(1, "k"), "own");
}

TEST(RocksdbStore, ChangesPlacesWithTheMemoryStore) {
  std::mt19937_64 random(5);
  Written<RocksdbLife> files;
  StoreModel model;
  int64_t evicted = 0;
  for (int i = 0; i < 500; ++i) change_at_random(random, files, model, evicted);
  Written<MemoryLife> memory;
  auto& pieces = memory.life.pieces;
  files.life.store().write_snapshot(PieceWriter(memory.life.writer_to(pieces)));
  memory.life.reopen();
  EXPECT_EQ(memory.sorted_scan(), model.sorted_scan());
  memory.life.save(true);
  for (int i = 0; i < 500; ++i) {
    change_at_random(random, memory, model, evicted);
    if (i % 100 == 0) memory.life.save(false);
  }
  memory.life.save(false);
  Written<RocksdbLife> back;
  for (const auto& piece : pieces) back.life.store().read(piece);
  EXPECT_EQ(back.sorted_scan(), model.sorted_scan());
  EXPECT_EQ(back.rows(), model.rows());
}

TEST(RocksdbStore, StateLargerThanItsMemoryComesBack) {
  Written<RocksdbLife> state;
  constexpr int keys = 60'000;
  std::vector<std::string> names;
  std::vector<Key> places;
  std::vector<mr_str> values;
  std::mt19937_64 random(3);
  std::string noise(keys + 1000, ' ');
  for (char& byte : noise) byte = static_cast<char>(random());
  for (int i = 0; i < keys; ++i) names.push_back("key-" + std::to_string(i));
  for (int i = 0; i < keys; ++i) {
    places.push_back({i % 7, 0, str(names[static_cast<size_t>(i)])});
    values.push_back({noise.data() + i, 700});
  }
  state.life.store().put(places.size(), places.data(), values.data());
  state.life.save(false);
  state.life.reopen();
  EXPECT_EQ(state.rows(), keys);
  for (int i = 0; i < keys; i += 997)
    EXPECT_EQ(state.get(i % 7, names[static_cast<size_t>(i)]),
              noise.substr(static_cast<size_t>(i), 700));
}

TEST(RocksdbStore, RefusesTooLittleMemory) {
  try {
    RocksdbSpace(Settings{{int64_t{1} << 20}}, Context(host()), "");
    FAIL() << "one MiB was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.option, "memory_limit");
    EXPECT_THAT(error.what(), HasSubstr("at least 16 MiB"));
  }
}

}  // namespace
}  // namespace millrace::testing

#include "plugins/memory_store/memory_store.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include <gmock/gmock.h>

namespace millrace::memory_store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

constexpr int64_t first = std::numeric_limits<int64_t>::min();
constexpr int64_t last = std::numeric_limits<int64_t>::max();

/// A store and what it wrote, with keys and values as texts.
class Written {
 public:
  void put(int64_t bucket, const std::string& key, const std::string& value) {
    const Key place = key_of(bucket, key);
    const mr_str text = str(value);
    store->put(1, &place, &text);
  }
  std::string get(int64_t bucket, const std::string& key) {
    const Key place = key_of(bucket, key);
    mr_str value{};
    store->get(1, &place, &value);
    return value.data == nullptr ? "absent" : std::string(view(value));
  }
  void erase(int64_t bucket, const std::string& key) {
    const Key place = key_of(bucket, key);
    store->erase(1, &place);
  }
  Texts scan(int64_t from = first, int64_t to = last) const {
    Texts texts;
    store->scan(from, to, &texts, [](void* to_texts, int64_t bucket, mr_str key, mr_str value) {
      static_cast<Texts*>(to_texts)->push_back(
          std::to_string(bucket) + " " + std::string(view(key)) + "=" + std::string(view(value)));
    });
    return texts;
  }
  void write_changes() { store->write_changes(PieceWriter(writer_)); }
  void write_snapshot() {
    pieces.clear();
    store->write_snapshot(PieceWriter(writer_));
  }
  void reopen() {
    store = std::make_unique<MemoryStore>(Settings{}, Context(host_));
    for (const auto& piece : pieces) store->read(piece);
  }

  std::vector<std::string> pieces;

 private:
  // Few hashes, so that keys share them.
  static Key key_of(int64_t bucket, const std::string& key) {
    return {bucket, key.empty() ? 0 : static_cast<uint64_t>(key.back()) % 7, str(key)};
  }

  mr_host host_{};
  mr_writer writer_{sizeof(mr_writer), this, [](void* self, mr_str bytes, mr_error*) {
                      static_cast<Written*>(self)->pieces.emplace_back(view(bytes));
                      return mr_result{MR_OK};
                    }};

 public:
  std::unique_ptr<MemoryStore> store = std::make_unique<MemoryStore>(Settings{}, Context(host_));
};

TEST(MemoryStore, FindsWhatWasPutByBucketAndKey) {
  Written state;
  state.put(10, "a", "one");
  state.put(20, "a", "two");
  state.put(10, "", "empty key");
  state.put(10, "b", "");
  EXPECT_EQ(state.get(10, "a"), "one");
  EXPECT_EQ(state.get(20, "a"), "two");
  EXPECT_EQ(state.get(10, ""), "empty key");
  EXPECT_EQ(state.get(10, "b"), "");
  EXPECT_EQ(state.get(10, "c"), "absent");
  EXPECT_EQ(state.get(30, "a"), "absent");
  state.put(10, "a", "another");
  EXPECT_EQ(state.get(10, "a"), "another");
  EXPECT_EQ(state.store->measure().rows, 4);
}

TEST(MemoryStore, ScansBucketsInRisingOrderAndEachInOrderOfInsertion) {
  Written state;
  state.put(20, "z", "1");
  state.put(-5, "y", "2");
  state.put(20, "a", "3");
  state.put(last, "x", "4");
  state.put(20, "z", "5");
  EXPECT_THAT(state.scan(),
              ElementsAre("-5 y=2", "20 z=5", "20 a=3", std::to_string(last) + " x=4"));
  EXPECT_THAT(state.scan(-5, 19), ElementsAre("-5 y=2"));
  EXPECT_THAT(state.scan(20, 20), ElementsAre("20 z=5", "20 a=3"));
  EXPECT_THAT(state.scan(21, 20), IsEmpty());
}

TEST(MemoryStore, EvictsWholeBucketsUpToATimeInclusive) {
  Written state;
  state.put(10, "a", "1");
  state.put(10, "b", "2");
  state.put(11, "a", "3");
  EXPECT_EQ(state.store->evict(9), 0);
  EXPECT_EQ(state.store->evict(10), 2);
  EXPECT_THAT(state.scan(), ElementsAre("11 a=3"));
  EXPECT_EQ(state.get(10, "a"), "absent");
  EXPECT_EQ(state.store->measure().rows, 1);
}

TEST(MemoryStore, ErasesFromAnyPlaceOfABucket) {
  Written state;
  for (const char* key : {"a", "b", "c", "d"}) state.put(1, key, key);
  state.erase(1, "b");
  state.erase(1, "nobody");
  EXPECT_THAT(state.scan(), ElementsAre("1 a=a", "1 c=c", "1 d=d"));
  state.erase(1, "a");
  state.erase(1, "d");
  state.put(1, "b", "again");
  EXPECT_THAT(state.scan(), ElementsAre("1 c=c", "1 b=again"));
  state.erase(1, "c");
  state.erase(1, "b");
  EXPECT_THAT(state.scan(), IsEmpty());
}

TEST(MemoryStore, ValuesGrowAndShrinkInPlace) {
  Written state;
  for (const size_t size : {5U, 24U, 25U, 4000U, 3U, 100'000U, 0U}) {
    const std::string value(size, static_cast<char>('a' + size % 26));
    state.put(1, "key", value);
    EXPECT_EQ(state.get(1, "key"), value);
  }
  state.put(1, std::string(1000, 'k'), "long key");
  EXPECT_EQ(state.get(1, std::string(1000, 'k')), "long key");
}

TEST(MemoryStore, WritesOnlyWhatChanged) {
  Written state;
  state.write_changes();
  EXPECT_THAT(state.pieces, IsEmpty());
  state.put(10, "a", "1");
  state.put(10, "b", "2");
  state.write_changes();
  ASSERT_EQ(state.pieces.size(), 1U);
  state.write_changes();
  EXPECT_EQ(state.pieces.size(), 1U);
  state.put(10, "b", "3");
  state.write_changes();
  ASSERT_EQ(state.pieces.size(), 2U);
  EXPECT_LT(state.pieces[1].size(), state.pieces[0].size());
  state.reopen();
  EXPECT_THAT(state.scan(), ElementsAre("10 a=1", "10 b=3"));
  state.write_changes();
  EXPECT_EQ(state.pieces.size(), 2U) << "what was read is no change";
}

TEST(MemoryStore, WhatWentAndCameBackIsRestoredInItsNewPlace) {
  Written state;
  for (const char* key : {"a", "b", "c"}) state.put(1, key, "old");
  state.write_snapshot();
  state.erase(1, "a");
  state.put(1, "d", "new");
  state.put(1, "a", "new");
  state.store->evict(0);
  state.put(0, "early", "new");
  state.write_changes();
  const auto before = state.scan();
  EXPECT_THAT(before, ElementsAre("0 early=new", "1 b=old", "1 c=old", "1 d=new", "1 a=new"));
  state.reopen();
  EXPECT_EQ(state.scan(), before);
}

TEST(MemoryStore, AChangedEntryThatIsRemovedIsNotWrittenUnderTheNumberItLeaves) {
  Written state;
  state.put(1, "a", "1");
  state.put(1, "b", "2");
  state.erase(1, "a");
  state.put(2, "c", "3");  // Takes the place of a.
  state.put(2, "d", "4");
  state.store->evict(1);
  state.write_changes();
  const auto before = state.scan();
  state.reopen();
  EXPECT_EQ(state.scan(), before);
}

TEST(MemoryStore, PiecesStaySmall) {
  Written state;
  for (int i = 0; i < 20'000; ++i) state.put(i % 10, std::to_string(i), std::string(50, 'v'));
  state.put(3, "huge", std::string(1'000'000, 'h'));
  const auto before = state.scan();
  state.write_snapshot();
  EXPECT_GT(state.pieces.size(), 5U);
  const auto large = std::count_if(state.pieces.begin(), state.pieces.end(),
                                   [](const auto& piece) { return piece.size() > 256 * 1024; });
  EXPECT_EQ(large, 1);
  state.reopen();
  EXPECT_EQ(state.scan(), before);
}

TEST(MemoryStore, RefusesBytesThatAreNoPiece) {
  Written state;
  state.put(1, "key", "value");
  state.write_snapshot();
  const std::string piece = state.pieces.at(0);
  for (size_t size = 2; size < piece.size(); ++size)
    EXPECT_THROW(Written().store->read(piece.substr(0, size)), Error) << size;
  EXPECT_THROW(Written().store->read(""), Error);
  EXPECT_THROW(Written().store->read("\2" + piece.substr(1)), Error);
  EXPECT_THROW(Written().store->read(std::string("\1\7", 2)), Error);
  std::string lying = piece;
  lying[18] = '\x7f';  // The key's size.
  EXPECT_THROW(Written().store->read(lying), Error);
}

TEST(MemoryStore, SmallEntriesTakeFewBytes) {
  Written state;
  const auto empty = state.store->measure().bytes;
  std::mt19937_64 random(1);
  constexpr int64_t rows = 100'000;
  const std::string value(9, 'v');
  for (int64_t i = 0; i < rows; ++i) {
    const uint64_t hash = random();
    const std::string bytes(reinterpret_cast<const char*>(&hash), 8);
    const Key key{i % 4, hash, str(bytes)};
    const mr_str text = str(value);
    state.store->put(1, &key, &text);
  }
  state.write_snapshot();
  EXPECT_LT((state.store->measure().bytes - empty) / rows, 100);
}

TEST(MemoryStore, RandomChangesMatchAMapThroughEveryRestart) {
  std::mt19937_64 random(7);
  const auto below = [&](uint64_t limit) { return random() % limit; };
  Written state;
  std::map<std::pair<int64_t, std::string>, std::string> model;
  int64_t evicted = 0;
  for (int step = 0; step < 20'000; ++step) {
    const auto bucket = static_cast<int64_t>(below(40)) + evicted;
    const auto key = std::string(below(30), 'k') + std::to_string(below(20));
    const auto action = below(100);
    if (action < 70) {
      const std::string value(below(60), static_cast<char>('a' + below(26)));
      state.put(bucket, key, value);
      model[{bucket, key}] = value;
    } else if (action < 95) {
      state.erase(bucket, key);
      model.erase({bucket, key});
    } else if (action < 97) {
      evicted += static_cast<int64_t>(below(6));
      const auto removed =
          std::erase_if(model, [&](const auto& entry) { return entry.first.first <= evicted; });
      EXPECT_EQ(state.store->evict(evicted), static_cast<int64_t>(removed));
    } else {
      const auto before = state.scan();
      if (below(4) == 0)
        state.write_snapshot();
      else
        state.write_changes();
      state.reopen();
      ASSERT_EQ(state.scan(), before) << "step " << step;
    }
    const auto found = model.find({bucket, key});
    ASSERT_EQ(state.get(bucket, key), found == model.end() ? "absent" : found->second);
    ASSERT_EQ(state.store->measure().rows, static_cast<int64_t>(model.size()));
  }
}

}  // namespace
}  // namespace millrace::memory_store

#include "plugins/memory_store/memory_store.hpp"

#include <random>

#include "tests/unit/memory_store/memory_life.hpp"
#include "tests/unit/memory_store/store_contract.hpp"

namespace millrace::testing {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, MemoryLife);

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = Written<MemoryLife>;

TEST(MemoryStore, ScansEachBucketInOrderOfInsertion) {
  State state;
  for (const char* key : {"z", "y", "a", "d"}) state.put(1, key, key);
  state.put(1, "z", "again");
  state.erase(1, "y");
  EXPECT_THAT(state.scan(), ElementsAre("1 z=again", "1 a=a", "1 d=d"));
  state.erase(1, "z");
  state.erase(1, "d");
  state.put(1, "y", "again");
  EXPECT_THAT(state.scan(), ElementsAre("1 a=a", "1 y=again"));
  state.erase(1, "a");
  state.erase(1, "y");
  EXPECT_THAT(state.scan(), IsEmpty());
}

TEST(MemoryStore, WritesOnlyWhatChanged) {
  State state;
  auto& pieces = state.life.pieces;
  state.life.save(false);
  EXPECT_THAT(pieces, IsEmpty());
  state.put(10, "a", "1");
  state.put(10, "b", "2");
  state.life.save(false);
  ASSERT_EQ(pieces.size(), 1U);
  state.life.save(false);
  EXPECT_EQ(pieces.size(), 1U);
  state.put(10, "b", "3");
  state.life.save(false);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_LT(pieces[1].size(), pieces[0].size());
  state.life.reopen();
  EXPECT_THAT(state.scan(), ElementsAre("10 a=1", "10 b=3"));
  state.life.save(false);
  EXPECT_EQ(pieces.size(), 2U) << "what was read is no change";
}

TEST(MemoryStore, WhatWentAndCameBackIsRestoredInItsNewPlace) {
  State state;
  for (const char* key : {"a", "b", "c"}) state.put(1, key, "old");
  state.life.save(true);
  state.erase(1, "a");
  state.put(1, "d", "new");
  state.put(1, "a", "new");
  state.life.save(false);
  const auto before = state.scan();
  EXPECT_THAT(before, ElementsAre("1 b=old", "1 c=old", "1 d=new", "1 a=new"));
  state.life.reopen();
  EXPECT_EQ(state.scan(), before);
}

TEST(MemoryStore, AChangedEntryThatIsRemovedIsNotWrittenUnderTheNumberItLeaves) {
  State state;
  state.put(1, "a", "1");
  state.put(1, "b", "2");
  state.erase(1, "a");
  state.put(2, "c", "3");  // Takes the place of a.
  state.put(2, "d", "4");
  state.life.store().evict(1);
  state.life.save(false);
  const auto before = state.scan();
  state.life.reopen();
  EXPECT_EQ(state.scan(), before);
}

TEST(MemoryStore, PiecesStaySmall) {
  State state;
  for (int i = 0; i < 20'000; ++i) state.put(i % 10, std::to_string(i), std::string(50, 'v'));
  state.put(3, "huge", std::string(1'000'000, 'h'));
  const auto before = state.scan();
  state.life.save(true);
  const auto& pieces = state.life.pieces;
  EXPECT_GT(pieces.size(), 4U);
  const auto large = std::count_if(pieces.begin(), pieces.end(),
                                   [](const auto& piece) { return piece.size() > 256 * 1024; });
  EXPECT_EQ(large, 1);
  state.life.reopen();
  EXPECT_EQ(state.scan(), before);
}

TEST(MemoryStore, RefusesBytesThatAreNoPiece) {
  State state;
  state.put(1, "key", "value");
  state.life.save(true);
  const std::string piece = state.life.pieces.at(0);
  const auto read = [](const std::string& bytes) { State().life.store().read(bytes); };
  for (size_t size = 2; size < piece.size(); ++size)
    EXPECT_THROW(read(piece.substr(0, size)), Error) << size;
  EXPECT_THROW(read(""), Error);
  EXPECT_THROW(read("\3" + piece.substr(1)), Error);
  EXPECT_THROW(read(std::string("\2\7", 2)), Error);
  std::string lying = piece;
  lying[10] = '\x7f';  // The key's size.
  EXPECT_THROW(read(lying), Error);
}

TEST(MemoryStore, ReadsPiecesOfTheVersionBefore) {
  State state;
  std::string piece("\1\1", 2);
  const auto number = [&](auto value) {
    piece.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  number(int64_t{7});
  number(uint64_t{123456789});  // The hash that version 1 had.
  number(uint32_t{1});
  number(uint32_t{2});
  piece += "kvv";
  state.life.store().read(piece);
  EXPECT_THAT(state.scan(), ElementsAre("7 k=vv"));
}

TEST(MemoryStore, SmallEntriesTakeFewBytes) {
  State state;
  const auto empty = state.life.store().measure().bytes;
  std::mt19937_64 random(1);
  constexpr int64_t rows = 100'000;
  const std::string value(9, 'v');
  for (int64_t i = 0; i < rows; ++i) {
    const uint64_t hash = random();
    const std::string bytes(reinterpret_cast<const char*>(&hash), 8);
    const Key key{i % 4, hash, str(bytes)};
    const mr_str text = str(value);
    state.life.store().put(1, &key, &text);
  }
  state.life.save(true);
  EXPECT_LT((state.life.store().measure().bytes - empty) / rows, 100);
}

// A snapshot in parts, and the changes of the epochs in which it was written, come to the state.
class SnapshotInParts {
 public:
  explicit SnapshotInParts(MemoryLife& life) : life_(&life) {}

  void begin() {
    parts_.clear();
    changes_.clear();
    done_ = life_->store().write_part(true, 0, PieceWriter(life_->writer_to(parts_)));
  }
  /// An epoch's end.
  void go_on(int64_t bytes) {
    life_->store().write_changes(PieceWriter(life_->writer_to(changes_)));
    if (!done_)
      done_ = life_->store().write_part(false, bytes, PieceWriter(life_->writer_to(parts_)));
  }
  bool done() const { return done_; }
  std::vector<std::string> chain() const {
    auto chain = parts_;
    chain.insert(chain.end(), changes_.begin(), changes_.end());
    return chain;
  }

 private:
  MemoryLife* life_;
  std::vector<std::string> parts_;
  std::vector<std::string> changes_;
  bool done_ = true;
};

TEST(MemoryStore, ASnapshotInPartsKeepsTheOrderOfInsertion) {
  State state;
  for (int i = 0; i < 10; ++i) state.put(i / 5, "k" + std::to_string(i), "old");
  state.life.save(true);
  SnapshotInParts snapshot(state.life);
  snapshot.begin();
  state.put(0, "new", "1");
  state.put(0, "k3", "changed");
  state.erase(0, "k1");
  state.put(0, "k1", "came back");
  state.erase(1, "k5");
  snapshot.go_on(30);
  EXPECT_FALSE(snapshot.done());
  state.life.store().evict(0);
  state.put(0, "k2", "after the bucket went");
  snapshot.go_on(30);
  while (!snapshot.done()) snapshot.go_on(30);
  const auto before = state.scan();
  state.life.pieces = snapshot.chain();
  state.life.reopen();
  EXPECT_EQ(state.scan(), before);
}

TEST(MemoryStore, SnapshotsInPartsOfRandomChangesComeToTheState) {
  std::mt19937_64 random(11);
  State state;
  StoreModel model;
  int64_t evicted = 0;
  SnapshotInParts snapshot(state.life);
  for (int round = 0; round < 60; ++round) {
    state.life.save(true);
    snapshot.begin();
    do {
      for (uint64_t i = random() % 80; i > 0; --i) change_at_random(random, state, model, evicted);
      snapshot.go_on(static_cast<int64_t>(random() % 4000));
    } while (!snapshot.done());
    const auto before = state.scan();
    state.life.pieces = snapshot.chain();
    if (round % 2 == 0) state.life.reopen();
    ASSERT_EQ(state.scan(), before) << "round " << round;
    ASSERT_EQ(state.sorted_scan(), model.sorted_scan());
  }
}

TEST(MemoryStore, ASnapshotThatWasGivenUpDoesNotSpoilTheNext) {
  State state;
  for (int i = 0; i < 100; ++i) state.put(i % 3, std::to_string(i), "v");
  state.life.save(true);
  SnapshotInParts snapshot(state.life);
  snapshot.begin();
  snapshot.go_on(100);
  state.put(1, "new", "v");
  state.life.save(false);
  snapshot.begin();
  while (!snapshot.done()) snapshot.go_on(500);
  const auto before = state.scan();
  state.life.pieces = snapshot.chain();
  state.life.reopen();
  EXPECT_EQ(state.scan(), before);
}

}  // namespace
}  // namespace millrace::testing

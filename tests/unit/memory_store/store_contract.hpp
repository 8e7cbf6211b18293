#pragma once
#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "millrace/store.hpp"

// What every state store has to do, as tests over a Life: a type with the members `store()`, the
// store at work; `save(snapshot)`, which writes down what changed; and `reopen()`, which goes on
// from what was saved as after the end of the process.
namespace millrace::testing {

using Texts = std::vector<std::string>;

inline constexpr int64_t first_bucket = std::numeric_limits<int64_t>::min();
inline constexpr int64_t last_bucket = std::numeric_limits<int64_t>::max();

/// A store with keys and values as texts.
template <class Life>
class Written {
 public:
  void put(int64_t bucket, const std::string& key, const std::string& value) {
    const Key place = key_of(bucket, key);
    const mr_str text = str(value);
    life.store().put(1, &place, &text);
  }
  std::string get(int64_t bucket, const std::string& key) {
    const Key place = key_of(bucket, key);
    mr_str value{};
    life.store().get(1, &place, &value);
    return value.data == nullptr ? "absent" : std::string(view(value));
  }
  void erase(int64_t bucket, const std::string& key) {
    const Key place = key_of(bucket, key);
    life.store().erase(1, &place);
  }
  Texts scan(int64_t from = first_bucket, int64_t to = last_bucket) {
    Texts texts;
    life.store().scan(from, to, &texts,
                      [](void* to_texts, int64_t bucket, mr_str key, mr_str value) {
                        static_cast<Texts*>(to_texts)->push_back(std::to_string(bucket) + " " +
                                                                 std::string(view(key)) + "=" +
                                                                 std::string(view(value)));
                      });
    return texts;
  }
  /// Where the order within a bucket is the store's own business.
  Texts sorted_scan(int64_t from = first_bucket, int64_t to = last_bucket) {
    auto texts = scan(from, to);
    std::vector<int64_t> buckets;
    for (const auto& text : texts) buckets.push_back(std::stoll(text));
    EXPECT_TRUE(std::is_sorted(buckets.begin(), buckets.end()));
    std::sort(texts.begin(), texts.end());
    return texts;
  }
  int64_t rows() { return life.store().measure().rows; }

  Life life;

 private:
  // Few hashes, so that keys share them.
  static Key key_of(int64_t bucket, const std::string& key) {
    return {bucket, key.empty() ? 0 : static_cast<uint64_t>(key.back()) % 7, str(key)};
  }
};

/// What a store with the same changes must hold.
class StoreModel {
 public:
  void put(int64_t bucket, const std::string& key, const std::string& value) {
    entries_[{bucket, key}] = value;
  }
  void erase(int64_t bucket, const std::string& key) { entries_.erase({bucket, key}); }
  int64_t evict(int64_t up_to) {
    return static_cast<int64_t>(
        std::erase_if(entries_, [&](const auto& entry) { return entry.first.first <= up_to; }));
  }
  std::string get(int64_t bucket, const std::string& key) const {
    const auto found = entries_.find({bucket, key});
    return found == entries_.end() ? "absent" : found->second;
  }
  int64_t rows() const { return static_cast<int64_t>(entries_.size()); }
  Texts sorted_scan() const {
    Texts texts;
    for (const auto& [place, value] : entries_)
      texts.push_back(std::to_string(place.first) + " " + place.second + "=" + value);
    std::sort(texts.begin(), texts.end());
    return texts;
  }

 private:
  std::map<std::pair<int64_t, std::string>, std::string> entries_;
};

/// One random change, of a store and of its model; their times follow `evicted`.
template <class Life>
void change_at_random(std::mt19937_64& random, Written<Life>& state, StoreModel& model,
                      int64_t& evicted) {
  const auto below = [&](uint64_t limit) { return random() % limit; };
  const auto bucket = static_cast<int64_t>(below(40)) + evicted;
  const auto key = std::string(below(30), 'k') + std::to_string(below(20));
  const auto action = below(100);
  if (action < 70) {
    const std::string value(below(60), static_cast<char>('a' + below(26)));
    state.put(bucket, key, value);
    model.put(bucket, key, value);
  } else if (action < 97) {
    state.erase(bucket, key);
    model.erase(bucket, key);
  } else {
    evicted += static_cast<int64_t>(below(6));
    EXPECT_EQ(state.life.store().evict(evicted), model.evict(evicted));
  }
  ASSERT_EQ(state.get(bucket, key), model.get(bucket, key));
  ASSERT_EQ(state.rows(), model.rows());
}

template <class Life>
class StoreContract : public ::testing::Test {
 public:
  Written<Life> written;
};
TYPED_TEST_SUITE_P(StoreContract);

TYPED_TEST_P(StoreContract, FindsWhatWasPutByBucketAndKey) {
  auto& state = this->written;
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
  EXPECT_EQ(state.rows(), 4);
}

TYPED_TEST_P(StoreContract, ValuesStayValidUntilTheNextChange) {
  auto& state = this->written;
  state.put(1, "a", "one");
  state.put(1, "b", "two");
  const std::string names[] = {"a", "b"};
  const Key keys[] = {{1, 0, str(names[0])}, {1, 0, str(names[1])}};
  mr_str a{};
  mr_str b{};
  state.life.store().get(1, &keys[0], &a);
  state.life.store().get(1, &keys[1], &b);
  state.scan();
  EXPECT_EQ(view(a), "one");
  EXPECT_EQ(view(b), "two");
}

// As a transform does that adds to what is there.
TYPED_TEST_P(StoreContract, PutsWhereKeysAreWhateverWasReadBefore) {
  auto& state = this->written;
  const std::string names[] = {"a", "b", "c", "a"};
  std::vector<Key> keys;
  for (const auto& name : names) keys.push_back({1, 0, str(name)});
  const auto read = [&] {
    std::vector<mr_str> values(keys.size());
    state.life.store().get(keys.size(), keys.data(), values.data());
  };
  const auto write = [&](const std::string& value) {
    const std::vector<mr_str> values(keys.size(), str(value));
    state.life.store().put(keys.size(), keys.data(), values.data());
  };
  state.put(1, "a", "0");
  read();
  write("1");
  EXPECT_EQ(state.sorted_scan(), (Texts{"1 a=1", "1 b=1", "1 c=1"}));
  read();
  std::swap(keys[0], keys[1]);
  keys[2].bucket = 2;
  write("2");
  EXPECT_EQ(state.sorted_scan(), (Texts{"1 a=2", "1 b=2", "1 c=1", "2 c=2"}));
  read();
  state.erase(1, "b");
  state.put(1, "d", "takes its place");
  write("3");
  EXPECT_EQ(state.sorted_scan(),
            (Texts{"1 a=3", "1 b=3", "1 c=1", "1 d=takes its place", "2 c=3"}));
  read();
  state.life.store().evict(1);
  write("4");
  EXPECT_EQ(state.sorted_scan(), (Texts{"1 a=4", "1 b=4", "2 c=4"}));
}

TYPED_TEST_P(StoreContract, ScansBucketsInRisingOrder) {
  auto& state = this->written;
  state.put(20, "z", "1");
  state.put(-5, "y", "2");
  state.put(20, "a", "3");
  state.put(last_bucket, "x", "4");
  state.put(first_bucket, "w", "5");
  const auto scan = state.scan();
  ASSERT_EQ(scan.size(), 5U);
  EXPECT_EQ(scan[0], std::to_string(first_bucket) + " w=5");
  EXPECT_EQ(scan[1], "-5 y=2");
  EXPECT_EQ(scan[4], std::to_string(last_bucket) + " x=4");
  EXPECT_THAT(state.scan(-5, 19), ::testing::ElementsAre("-5 y=2"));
  EXPECT_EQ(state.scan(20, 20).size(), 2U);
  EXPECT_THAT(state.scan(21, 20), ::testing::IsEmpty());
}

TYPED_TEST_P(StoreContract, EvictsWholeBucketsUpToATimeInclusive) {
  auto& state = this->written;
  auto& store = state.life.store();
  state.put(10, "a", "1");
  state.put(10, "b", "2");
  state.put(11, "a", "3");
  EXPECT_EQ(store.evict(9), 0);
  EXPECT_EQ(store.evict(10), 2);
  EXPECT_THAT(state.scan(), ::testing::ElementsAre("11 a=3"));
  EXPECT_EQ(state.get(10, "a"), "absent");
  state.put(9, "late", "4");
  EXPECT_THAT(state.scan(), ::testing::ElementsAre("9 late=4", "11 a=3"));
  EXPECT_EQ(store.evict(10), 1);
  EXPECT_EQ(store.evict(last_bucket), 1);
  EXPECT_EQ(state.rows(), 0);
}

TYPED_TEST_P(StoreContract, EvictsManyEntriesAtOnce) {
  auto& state = this->written;
  for (int i = 0; i < 3000; ++i) state.put(i % 3, std::to_string(i), "v");
  EXPECT_EQ(state.scan(first_bucket, 1).size(), 2000U);
  EXPECT_EQ(state.life.store().evict(1), 2000);
  EXPECT_EQ(state.rows(), 1000);
  EXPECT_EQ(state.get(1, "1"), "absent");
  EXPECT_EQ(state.get(2, "2"), "v");
  state.put(0, "0", "again");
  EXPECT_EQ(state.get(0, "0"), "again");
  EXPECT_EQ(state.rows(), 1001);
}

TYPED_TEST_P(StoreContract, ErasesOnlyWhatIsThere) {
  auto& state = this->written;
  for (const char* key : {"a", "b", "c"}) state.put(1, key, key);
  state.erase(1, "b");
  state.erase(1, "nobody");
  EXPECT_THAT(state.sorted_scan(), ::testing::ElementsAre("1 a=a", "1 c=c"));
  EXPECT_EQ(state.rows(), 2);
}

TYPED_TEST_P(StoreContract, LargeValuesAndKeysComeBack) {
  auto& state = this->written;
  for (const size_t size : {5U, 32U, 33U, 4000U, 3U, 100'000U, 0U}) {
    const std::string value(size, static_cast<char>('a' + size % 26));
    state.put(1, "key", value);
    EXPECT_EQ(state.get(1, "key"), value);
  }
  state.put(1, std::string(1000, 'k'), "long key");
  EXPECT_EQ(state.get(1, std::string(1000, 'k')), "long key");
}

TYPED_TEST_P(StoreContract, GoesOnFromWhatWasSaved) {
  auto& state = this->written;
  for (const char* key : {"a", "b", "c"}) state.put(1, key, "old");
  state.life.save(true);
  state.erase(1, "a");
  state.put(1, "d", "new");
  state.life.store().evict(0);
  state.put(0, "early", "new");
  state.life.save(false);
  state.put(1, "lost", "not saved");
  state.life.reopen();
  EXPECT_THAT(state.sorted_scan(),
              ::testing::ElementsAre("0 early=new", "1 b=old", "1 c=old", "1 d=new"));
  EXPECT_EQ(state.rows(), 4);
}

TYPED_TEST_P(StoreContract, RandomChangesMatchAMapThroughEveryRestart) {
  std::mt19937_64 random(7);
  StoreModel model;
  int64_t evicted = 0;
  for (int step = 0; step < TypeParam::random_steps; ++step) {
    change_at_random(random, this->written, model, evicted);
    ASSERT_FALSE(this->HasFatalFailure()) << "step " << step;
    if (random() % 50 != 0) continue;
    this->written.life.save(random() % 4 == 0);
    if (random() % 3 == 0) this->written.life.reopen();
    ASSERT_EQ(this->written.sorted_scan(), model.sorted_scan()) << "step " << step;
  }
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract, FindsWhatWasPutByBucketAndKey,
                            ValuesStayValidUntilTheNextChange,
                            PutsWhereKeysAreWhateverWasReadBefore, ScansBucketsInRisingOrder,
                            EvictsWholeBucketsUpToATimeInclusive, EvictsManyEntriesAtOnce,
                            ErasesOnlyWhatIsThere, LargeValuesAndKeysComeBack,
                            GoesOnFromWhatWasSaved, RandomChangesMatchAMapThroughEveryRestart);

}  // namespace millrace::testing

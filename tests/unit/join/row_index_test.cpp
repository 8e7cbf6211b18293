#include "plugins/join/row_index.hpp"

#include <algorithm>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace::join {
namespace {

std::vector<uint32_t> found(const RowIndex& index, uint64_t hash) {
  std::vector<uint32_t> slots;
  index.each(hash, [&](uint32_t slot) { slots.push_back(slot); });
  return slots;
}

TEST(RowIndex, FindsTheRowsOfAHashNewestFirst) {
  RowIndex index;
  const auto first = index.add(7, 1, 0, true, false);
  index.add(8, 1, 1, true, false);
  const auto second = index.add(7, 1, 2, true, false);
  EXPECT_THAT(found(index, 7), testing::ElementsAre(second, first));
  EXPECT_THAT(found(index, 9), testing::IsEmpty());
}

TEST(RowIndex, DoesNotFindARowWhoseKeyMatchesNothing) {
  RowIndex index;
  const auto slot = index.add(7, 1, 0, false, false);
  EXPECT_THAT(found(index, 7), testing::IsEmpty());
  EXPECT_EQ(index.size(), 1U);
  index.remove(slot);
  EXPECT_EQ(index.size(), 0U);
}

// Against a plain list, over growth, removal and the reuse of slots.
TEST(RowIndex, KeepsTheOrderOfAHashHoweverItGrows) {
  std::mt19937_64 random(5);
  RowIndex index;
  std::map<uint64_t, std::vector<uint32_t>> expected;
  for (uint64_t step = 0; step < 5000; ++step) {
    const uint64_t hash = random() % 97 * 0x10001;
    auto& rows = expected[hash];
    if (random() % 3 != 0 || rows.empty()) {
      rows.insert(rows.begin(), index.add(hash, 0, step, true, false));
    } else {
      const auto at = rows.begin() + static_cast<ptrdiff_t>(random() % rows.size());
      index.remove(*at);
      rows.erase(at);
    }
  }
  size_t size = 0;
  for (const auto& [hash, rows] : expected) {
    EXPECT_EQ(found(index, hash), rows);
    size += rows.size();
  }
  EXPECT_EQ(index.size(), size);
}

TEST(RowIndex, UsesNoSlotTwiceAfterARestore) {
  RowIndex index;
  index.restore(3, {7, 10, 1, RowIndex::none, RowIndex::none, true, true, false});
  index.restore(1, {7, 11, 1, RowIndex::none, RowIndex::none, true, true, true});
  index.end_restore();
  EXPECT_THAT(found(index, 7), testing::ElementsAre(1, 3));
  std::vector<uint32_t> slots{1, 3};
  for (uint64_t i = 0; i < 10; ++i) slots.push_back(index.add(i, 1, 12 + i, true, false));
  std::sort(slots.begin(), slots.end());
  EXPECT_EQ(std::unique(slots.begin(), slots.end()), slots.end());
}

}  // namespace
}  // namespace millrace::join

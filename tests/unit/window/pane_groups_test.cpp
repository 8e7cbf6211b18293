#include "plugins/window/pane_groups.hpp"

#include <algorithm>
#include <map>
#include <random>

#include <gmock/gmock.h>

#include "millrace/column_builder.hpp"
#include "millrace/key_codec.hpp"

namespace millrace::window {
namespace {

struct Row {
  int64_t pane;
  int64_t key;
  auto operator<=>(const Row&) const = default;
};
using Rows = std::vector<Row>;

/// Groups beside a map that numbers the same pairs.
class Numbered {
 public:
  /// Those of the rows that are `chosen`, or all.
  void show(const Rows& rows, const std::vector<uint32_t>& chosen = {}) {
    ColumnBuilder keys(TypeId::int64);
    for (const auto& row : rows) keys.append(row.key);
    const std::vector<Column> columns{keys.finish()};
    EncodedKeys encoded;
    codec_.encode(columns, rows.size(), encoded);
    Rows shown;
    if (chosen.empty()) shown = rows;
    for (const auto row : chosen) shown.push_back(rows[row]);
    std::vector<int64_t> panes;
    std::vector<uint32_t> expected;
    for (const auto& row : shown) {
      panes.push_back(row.pane);
      const auto [at, added] = number_of_.try_emplace(row, in_order_.size());
      if (added) in_order_.push_back(row);
      expected.push_back(static_cast<uint32_t>(at->second));
    }
    std::vector<uint32_t> numbers(shown.size());
    groups.find_or_add(encoded, chosen.empty() ? nullptr : chosen.data(), panes.data(),
                       shown.size(), numbers.data());
    EXPECT_EQ(numbers, expected);
    expect_all();
  }
  void clear() {
    groups.clear();
    number_of_.clear();
    in_order_.clear();
    EXPECT_EQ(groups.size(), 0U);
  }
  /// In the order of list_by_pane().
  Rows listed() const {
    Buffer<uint32_t> list;
    groups.list_by_pane(list);
    Rows rows;
    for (size_t i = 0; i < list.size(); ++i) rows.push_back(in_order_.at(list[i]));
    return rows;
  }

  PaneGroups groups;

 private:
  void expect_all() const {
    ASSERT_EQ(groups.size(), in_order_.size());
    for (size_t group = 0; group < groups.size(); ++group) {
      const auto key = KeyCodec::view_of(groups.key(group));
      EXPECT_EQ(groups.pane(group), in_order_[group].pane);
      EXPECT_EQ(static_cast<int64_t>(load_eight(key.data)), in_order_[group].key);
      EXPECT_EQ(groups.hash(group), codec_.hash_of(key));
    }
  }

  KeyCodec codec_{{TypeId::int64}};
  std::map<Row, size_t> number_of_;
  Rows in_order_;
};

Rows random_rows(std::mt19937& random, size_t count, unsigned panes, unsigned keys) {
  Rows rows;
  for (size_t i = 0; i < count; ++i)
    rows.push_back({static_cast<int64_t>(random() % panes) * 1'000'000 - 3'000'000,
                    static_cast<int64_t>(random() % keys)});
  return rows;
}

TEST(PaneGroups, NumbersPairsInTheOrderOfTheirFirstAppearance) {
  Numbered numbered;
  numbered.show({{0, 7}, {0, 8}, {0, 7}});               // One pane,
  numbered.show({{0, 9}, {5, 8}, {0, 8}, {5, 8}});       // several,
  numbered.show({{5, 7}, {-4, 7}, {0, 10}}, {2, 0, 0});  // and not all rows.
  numbered.show({});
  numbered.clear();
  numbered.show({{5, 7}, {0, 7}});
}

TEST(PaneGroups, AreTheSameHoweverManyPanesAndKeysThereAre) {
  std::mt19937 random(1);
  Numbered numbered;
  for (const unsigned panes : {1U, 3U, 20U, 1'500U, 2U})
    for (const unsigned keys : {1U, 100U, 1'500U, 4'000U}) {
      for (int batch = 0; batch < 4; ++batch)
        numbered.show(random_rows(random, 2'000, panes, keys));
      if (random() % 2 == 0) numbered.clear();
    }
}

TEST(PaneGroups, BecomeTooManyForAMatrixAfterAnyBatch) {
  std::mt19937 random(2);
  const auto few = [&] { return random_rows(random, 500, 1, 300); };
  const auto some = [&] { return random_rows(random, 500, 4, 300); };
  const auto many = [&] { return random_rows(random, 3'000, 3'000, 3'000); };
  Numbered numbered;
  numbered.show(many());
  numbered.show(some());
  numbered.clear();
  numbered.show(few());
  numbered.show(many());
  numbered.show(few());
  numbered.clear();
  numbered.show(few());
  numbered.show(some());
  numbered.show(many());
  numbered.show(some());
}

// More keys of one pane than a matrix has cells.
TEST(PaneGroups, OfOnePaneAndVeryManyKeysTakeASecondPane) {
  Rows rows;
  for (int64_t key = 0; key < 1'100'000; ++key) rows.push_back({0, key});
  Numbered numbered;
  numbered.show(rows);
  numbered.show({{0, -1}, {1, -2}, {0, 5}});
}

TEST(PaneGroups, AreListedPaneByPane) {
  Numbered numbered;
  numbered.show({{2, 1}, {0, 1}, {2, 5}, {1, 3}, {0, 5}, {2, 3}, {1, 1}});
  EXPECT_EQ(numbered.listed(), (Rows{{2, 1}, {2, 5}, {2, 3}, {0, 1}, {0, 5}, {1, 3}, {1, 1}}));
}

TEST(PaneGroups, AreListedOnceEachWhereThereAreTooManyPanes) {
  std::mt19937 random(3);
  Numbered numbered;
  const auto rows = random_rows(random, 3'000, 3'000, 3'000);
  numbered.show(rows);
  auto listed = numbered.listed();
  EXPECT_EQ(listed.size(), numbered.groups.size());
  std::sort(listed.begin(), listed.end());
  EXPECT_EQ(std::unique(listed.begin(), listed.end()), listed.end());
}

}  // namespace
}  // namespace millrace::window

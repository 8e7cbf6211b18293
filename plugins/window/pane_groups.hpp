#pragma once
#include <array>
#include <unordered_map>
#include <vector>

#include "millrace/buffer.hpp"
#include "millrace/group_table.hpp"

namespace millrace::window {

/// Numbers the distinct (pane, key) pairs that it is shown 0, 1, 2 ... in the order of their first
/// appearance.
///
/// Rows of several panes come mixed and share their keys. So a key is looked for by its bytes alone
/// and its pair with the pane is a cell of a matrix, which leaves a table of the keys to keep in a
/// core's cache and not one of all pairs. Where all rows are of one pane its groups are the keys;
/// where panes and keys are too many for a matrix, it is a table of pairs after all.
class PaneGroups {
 public:
  size_t size() const { return form_ == Form::matrix ? pairs_.size() : table_.size(); }
  int64_t pane(size_t group) const;
  uint64_t hash(size_t group) const { return table_.hash(entry(group)); }
  /// As stores keep it; see key_codec.hpp.
  std::string_view key(size_t group) const { return table_.key(entry(group)); }

  /// Finds or adds the group of each of `count` rows. `panes` and `groups` run with the rows;
  /// `rows` says which keys they are, all in order if it is null.
  void find_or_add(const EncodedKeys& keys, const uint32_t* rows, const int64_t* panes,
                   size_t count, uint32_t* groups);
  /// All groups. But for a table of pairs those of a pane are behind each other, in the order of
  /// their first appearance: whoever merges them has fewer panes to look for.
  void list_by_pane(Buffer<uint32_t>& groups) const;
  void clear();

 private:
  static constexpr uint32_t none = ~uint32_t{0};
  static constexpr size_t cells_most = size_t{1} << 20;
  static constexpr size_t width_least = 256;
  static constexpr int recent_bits = 4;

  enum class Form { one_pane, matrix, pairs };
  struct Pair {
    uint32_t key;
    uint32_t row;
  };
  struct Recent {
    int64_t pane = 0;
    uint32_t row = none;
  };

  size_t entry(size_t group) const { return form_ == Form::matrix ? pairs_[group].key : group; }
  bool stays_one_pane(const int64_t* panes, size_t count);
  bool place(const int64_t* panes, size_t count, uint32_t* groups);
  uint32_t row_of(int64_t pane);
  uint32_t find_or_add_row(int64_t pane);
  bool widen(size_t keys);
  bool become_matrix(size_t groups);
  void become_pairs(size_t groups);

  Form form_ = Form::one_pane;
  GroupTable table_;         // Of keys, their bucket 0; or of pairs.
  Buffer<int64_t> no_pane_;  // As many zeros as a batch has rows.
  std::vector<int64_t> panes_;

  // A matrix has a row for each of the panes.
  Buffer<Pair> pairs_;      // By group.
  Buffer<uint32_t> cells_;  // By row and key: the group, or none.
  size_t width_ = 0;        // Cells of a row.
  std::unordered_map<int64_t, uint32_t> rows_;
  std::array<Recent, size_t{1} << recent_bits> recent_{};  // Of rows_, by the pane's hash.
};

}  // namespace millrace::window

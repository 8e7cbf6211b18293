#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace millrace {

/// Numbers of rows in their order; all questions are answered by halving.
class RowNumbers {
 public:
  /// Cheap at the end.
  void add(uint64_t row) {
    const auto at = std::lower_bound(rows_.begin(), rows_.end(), row);
    if (at == rows_.end() || *at != row) rows_.insert(at, row);
  }

  bool contains(uint64_t row) const { return std::binary_search(rows_.begin(), rows_.end(), row); }
  /// How many there are below `row`.
  uint64_t below(uint64_t row) const {
    return static_cast<uint64_t>(std::lower_bound(rows_.begin(), rows_.end(), row) - rows_.begin());
  }
  /// The `number`-th row from `begin` on that is not among them, counted from 0.
  uint64_t other(uint64_t begin, uint64_t number) const {
    const auto skipped = below(begin);
    uint64_t from = skipped;
    for (uint64_t to = rows_.size(); from < to;) {
      const auto middle = from + (to - from) / 2;
      if (rows_[middle] - begin - (middle - skipped) <= number)
        from = middle + 1;
      else
        to = middle;
    }
    return begin + number + (from - skipped);
  }

 private:
  std::vector<uint64_t> rows_;
};

}  // namespace millrace

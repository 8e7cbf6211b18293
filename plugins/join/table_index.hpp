#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "millrace/batch.hpp"

#include "plugins/join/join_plan.hpp"
#include "plugins/join/key_bytes.hpp"

namespace millrace::join {

/// The rows of a table by their key. Made once for all lanes; reading it needs no lock.
class TableIndex {
 public:
  TableIndex(const JoinPlan& plan, const Batch& table);

  const Batch& rows() const { return rows_; }
  /// Calls visit(row) for the rows of that key, in the order of the table.
  template <class Visit>
  void each(uint64_t hash, std::string_view key, Visit&& visit) const {
    for (uint32_t row = heads_[hash & mask_]; row != none; row = next_[row])
      if (keys_.key(row) == key) visit(row);
  }

 private:
  static constexpr uint32_t none = UINT32_MAX;

  Batch rows_;
  KeyBytes keys_;
  std::vector<uint32_t> heads_;
  std::vector<uint32_t> next_;
  uint64_t mask_ = 0;
};

}  // namespace millrace::join

#pragma once
#include <array>
#include <vector>

#include "millrace/transform.hpp"

#include "plugins/join/join_plan.hpp"
#include "plugins/join/row_codec.hpp"

namespace millrace::join {

/// Encoded rows of both inputs, side by side; null where an input has none.
struct Pairs {
  std::array<std::vector<const char*>, 2> rows;

  size_t size() const { return rows[0].size(); }
  void add(const char* left, const char* right) {
    rows[0].push_back(left);
    rows[1].push_back(right);
  }
  void clear() {
    rows[0].clear();
    rows[1].clear();
  }
};

/// Evaluates what is left of the condition over pairs whose keys are equal.
class PairCondition {
 public:
  PairCondition(const JoinPlan& plan, const std::array<RowCodec, 2>& codecs);

  /// The pairs that fulfil it.
  void filter(const Pairs& pairs, std::vector<uint32_t>& fulfilling) const;

 private:
  const JoinPlan* plan_;
  const std::array<RowCodec, 2>* codecs_;
  std::shared_ptr<const Schema> schema_;
};

/// Makes output rows out of pairs, and emits them a batch at a time.
class PairRows {
 public:
  PairRows(const JoinPlan& plan, const std::array<RowCodec, 2>& codecs);

  /// Copies what it is given.
  void add(const Pairs& pairs, const Outputs& outputs);
  void finish(const Outputs& outputs);

 private:
  const JoinPlan* plan_;
  const std::array<RowCodec, 2>* codecs_;
  std::vector<ColumnBuilder> builders_;
  int64_t count_ = 0;
};

}  // namespace millrace::join

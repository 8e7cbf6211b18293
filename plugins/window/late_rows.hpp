#pragma once
#include <set>
#include <tuple>

#include "millrace/gather.hpp"
#include "millrace/group_table.hpp"
#include "millrace/transform.hpp"

#include "plugins/window/assigners/assigner.hpp"

namespace millrace::window {

/// Judges what is late in a round, counts it and passes late rows on.
class LateRows {
 public:
  /// Where somebody wants the whole result, late rows are kept for it; where nobody wants
  /// anything else, nothing is late at all.
  void begin(const Round& round, bool watermarked) {
    const bool all = round.wants(Port::all);
    const bool judged = !all || round.wants(Port::changed) || round.wants(Port::final);
    rule_ = {watermarked && judged ? round.late_before : std::numeric_limits<int64_t>::min(), all};
    wanted_ = round.wants(Port::late);
    keys_.clear();
    groups_.clear();
  }
  const LateRule& rule() const { return rule_; }

  /// Notes a window of a late row. Groups are counted once a round, however many rows they have.
  void note_group(const KeyView& key, uint64_t hash, const Window& window) {
    groups_.emplace(keys_.find_or_add(key, hash, 0), window.start, window.end);
  }
  void pass_on(const Batch& batch, std::span<const uint32_t> rows, const Outputs& outputs) const {
    outputs.count(Count::late_dropped, static_cast<int64_t>(rows.size()));
    if (wanted_ && !rows.empty()) outputs.emit(Port::late, gather(batch, rows));
  }
  void end(const Outputs& outputs) const {
    outputs.count(Count::late_groups, static_cast<int64_t>(groups_.size()));
  }

 private:
  LateRule rule_;
  bool wanted_ = false;
  GroupTable keys_;
  std::set<std::tuple<uint32_t, int64_t, int64_t>> groups_;
};

}  // namespace millrace::window

#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/observe/tally.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// What happened at one component during one epoch. Lanes count for themselves; the sums are made
/// between stages.
struct NodeCounts {
  int64_t received_rows = 0;
  int64_t received_bytes = 0;          ///< sources: of payloads
  std::array<int64_t, 6> sent_rows{};  ///< by OutputPort; sinks: `rows` are those written
  int64_t sent_bytes = 0;              ///< sinks: of payloads
  int64_t rejected_rows = 0;           ///< sources: that could not be decoded
  int64_t filtered_rows = 0;
  int64_t late_dropped = 0;
  int64_t late_partly = 0;
  int64_t late_groups = 0;
  int64_t state_rows = 0;
  int64_t state_updated = 0;
  int64_t state_removed = 0;
  int64_t state_bytes = 0;
  int64_t event_time_rows = 0;
  int64_t event_time_min = std::numeric_limits<int64_t>::max();
  int64_t event_time_max = std::numeric_limits<int64_t>::min();
  double event_time_sum = 0;
  observe::DurationTally batch_seconds;
  observe::DurationTally write_seconds;
  observe::LatenessTally lateness;

  int64_t& sent(OutputPort port) { return sent_rows[static_cast<size_t>(port)]; }
  int64_t sent(OutputPort port) const { return sent_rows[static_cast<size_t>(port)]; }

  void add(const NodeCounts& other) {
    received_rows += other.received_rows;
    received_bytes += other.received_bytes;
    for (size_t i = 0; i < sent_rows.size(); ++i) sent_rows[i] += other.sent_rows[i];
    sent_bytes += other.sent_bytes;
    rejected_rows += other.rejected_rows;
    filtered_rows += other.filtered_rows;
    late_dropped += other.late_dropped;
    late_partly += other.late_partly;
    late_groups += other.late_groups;
    state_rows += other.state_rows;
    state_updated += other.state_updated;
    state_removed += other.state_removed;
    state_bytes += other.state_bytes;
    event_time_rows += other.event_time_rows;
    event_time_min = std::min(event_time_min, other.event_time_min);
    event_time_max = std::max(event_time_max, other.event_time_max);
    event_time_sum += other.event_time_sum;
    batch_seconds.add(other.batch_seconds);
    write_seconds.add(other.write_seconds);
    lateness.add(other.lateness);
  }
};

/// One for each node of the plan.
using Counts = std::vector<NodeCounts>;

inline void add(Counts& to, const Counts& from) {
  for (size_t i = 0; i < to.size(); ++i) to[i].add(from[i]);
}

}  // namespace millrace

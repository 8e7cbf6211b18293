#pragma once
#include "plugins/window/aggregation_plan.hpp"

// What the front half hands to the back half: one row for each group that a task has seen, with
// its key in stored form and its partial results in saved form. The hash decides the shard. A batch
// has each (pane, key) once.
namespace millrace::window {

enum class PartialColumn : size_t { hash, pane, key, state };
enum class SessionColumn : size_t { hash, start, end, key, state };

inline Schema partial_schema() {
  return {{{"hash", TypeId::int64},
           {"pane", TypeId::int64},
           {"key", TypeId::binary},
           {"state", TypeId::binary}}};
}

inline Schema session_partial_schema() {
  return {{{"hash", TypeId::int64},
           {"start", TypeId::int64},
           {"end", TypeId::int64},
           {"key", TypeId::binary},
           {"state", TypeId::binary}}};
}

inline const Column& part(const Batch& partials, PartialColumn column) {
  return partials.column(static_cast<size_t>(column));
}

/// More groups than this are handed over before the round ends, which bounds a task's memory.
inline constexpr size_t groups_most = 256 * 1024;
/// Of more than this a batch has to find most of its rows' groups, or waiting for more rows of them
/// does not pay.
inline constexpr size_t groups_at_ease = 64 * 1024;

/// Whether a task that has that many, `added` of them by the last `rows`, hands them over now.
inline bool is_full(size_t groups, size_t added, size_t rows) {
  return groups >= groups_most || (groups >= groups_at_ease && added * 2 > rows);
}

}  // namespace millrace::window

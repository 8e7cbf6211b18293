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
inline constexpr size_t groups_most = 64 * 1024;

}  // namespace millrace::window

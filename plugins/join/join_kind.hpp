#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace::join {

enum class JoinKind { inner, left_outer, right_outer, full_outer, left_semi, left_anti };

inline constexpr std::string_view kind_names =
    "inner,left_outer,right_outer,full_outer,left_semi,left_anti";

inline JoinKind kind_of(std::string_view name) {
  if (name == "left_outer") return JoinKind::left_outer;
  if (name == "right_outer") return JoinKind::right_outer;
  if (name == "full_outer") return JoinKind::full_outer;
  if (name == "left_semi") return JoinKind::left_semi;
  return name == "left_anti" ? JoinKind::left_anti : JoinKind::inner;
}

/// Whether a row of that side comes out, with nulls beside it, though nothing matches it.
inline bool preserves(JoinKind kind, size_t side) {
  if (kind == JoinKind::full_outer) return true;
  return kind == (side == 0 ? JoinKind::left_outer : JoinKind::right_outer);
}

/// Whether only the left input's columns come out.
inline bool puts_out_left_only(JoinKind kind) {
  return kind == JoinKind::left_semi || kind == JoinKind::left_anti;
}

/// Whether a row of that side can be dropped once it is known that nothing can match it.
inline bool can_drop(JoinKind kind, size_t side) {
  return !preserves(kind, side) && !(kind == JoinKind::left_anti && side == 0);
}

}  // namespace millrace::join

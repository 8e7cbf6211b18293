#pragma once
#include <cstdint>
#include <vector>

#include "plugins/window/assigners/assigner.hpp"

namespace millrace::window {

inline constexpr uint32_t no_group = std::numeric_limits<uint32_t>::max();

/// A session as one round sees it: [start, end), its accumulators once it was touched, and the
/// bucket under which the store has (a part of) it.
struct Session {
  int64_t start;
  int64_t end;
  uint32_t group = no_group;
  int64_t stored_end = never;

  bool is_stored() const { return stored_end != never; }
};

/// What happens to stored sessions and to groups while fragments are merged into sessions.
class SessionChanges {
 public:
  virtual ~SessionChanges() = default;
  /// A session of its own gets accumulators.
  virtual uint32_t new_group() = 0;
  /// A session in the store is touched for the first time: its accumulators have to be loaded.
  virtual void touch(Session& session) = 0;
  /// `absorbed` becomes part of `into`; both have groups.
  virtual void unite(const Session& into, const Session& absorbed) = 0;
};

/// Merges the span of a fragment into the sessions of its key, which are sorted by start and do
/// not touch each other: those that it touches become one, since touching merges. Returns the
/// group that the fragment belongs to.
uint32_t merge_fragment(std::vector<Session>& sessions, int64_t start, int64_t end,
                        SessionChanges& changes);

}  // namespace millrace::window
